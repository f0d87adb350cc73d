#!/usr/bin/python3
"""An HTTP server on the loopback for streams good and bad: http-server.py PORT FOLDER. It says `ready PORT` once it listens.

Below FOLDER it makes pictures and segments with ffmpeg. It serves
  /mjpeg            JPEG pictures at 25 a second without end, as network cameras do
  /mjpeg-stops      the same, silent after 30 pictures
  /mjpeg-ends       the same, closed after 30 pictures
  /mjpeg-junk       the same, after 30 pictures with parts that are none
  /mjpeg-cut        the same, every fifth picture cut to a third
  /mjpeg-bare       3 pictures without their lengths, each ended by the next boundary, and silence
  /mjpeg-slow       the same, but 1.5 s after the first picture the second, and then one every 3.2 s
  /snap.jpg         one such picture, of a length that nothing tells, in chunks
  /snap-of-known-length.jpg    the same picture with its length
  /private          the same stream, for those who know the password
  /late             the same in MPEG-TS, sent at four fifths of its pace
  /ts               H.264 in MPEG-TS at its own pace
  /ts-once          the same to who asks first, and nothing to who asks again
  /ts-stored        the same; what was taken in the last 20 s comes at once, as from a server that keeps a store
  /ts-catching-up   the same; what was taken in the last 8 s comes within 3 s
  /ts-short         40 pictures at once, and the end
  /silent           takes the request and says nothing
  /mute             the header of a stream and nothing more
  /clip.mp4         a file of 50 pictures
  /clip-once.mp4    the same to who asks first, and nothing to who asks again
  /hls/live.m3u8    a live playlist that ffmpeg goes on writing
"""
import base64
import functools
import http.server
import os
import subprocess
import sys
import threading
import time

port, folder = int(sys.argv[1]), sys.argv[2]
source = ["-re", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25"]
video = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25"]


def ffmpeg(*arguments, **options):
    return subprocess.Popen(["ffmpeg", "-v", "quiet", "-nostdin", *arguments], **options)


@functools.lru_cache
def pictures():
    ffmpeg("-y", *source[1:], "-frames:v", "25", f"{folder}/%d.jpg").wait()
    return [open(f"{folder}/{number}.jpg", "rb").read() for number in range(1, 26)]


def first_picture():
    return pictures()[0]


@functools.lru_cache
def clip():
    ffmpeg("-y", *source[1:], "-frames:v", "50", *video, "-movflags", "faststart", f"{folder}/clip.mp4").wait()
    return open(f"{folder}/clip.mp4", "rb").read()


@functools.lru_cache
def transport_pictures():
    """MPEG-TS with 1,000 pictures, cut before each one."""
    made = ffmpeg(*source[1:], "-frames:v", "1000", *video, "-f", "mpegts", "-", stdout=subprocess.PIPE).communicate()[0]
    cuts = [at for at in range(0, len(made), 188) if made[at + 1] & 0x5F == 0x41 and made[at + 2] == 0]
    return [made[a:b] for a, b in zip([0] + cuts[1:], cuts[1:] + [len(made)])]


@functools.lru_cache
def hls():
    os.makedirs(f"{folder}/hls")
    return ffmpeg(
        *source, *video, "-f", "hls", "-hls_time", "1", "-hls_list_size", "4", "-hls_flags", "delete_segments",
        f"{folder}/hls/live.m3u8")


class Handler(http.server.BaseHTTPRequestHandler):
    lock = threading.Lock()
    served = set()

    def do_GET(self):
        try:
            self.answer(self.path.split("?")[0])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def answer(self, path):
        if path == "/silent":
            time.sleep(3600)
        elif path == "/private" and self.headers["Authorization"] != "Basic " + base64.b64encode(b"me:secret").decode():
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="camera"')
            self.end_headers()
        elif path in ("/mjpeg", "/mjpeg-stops", "/mjpeg-ends", "/mjpeg-junk", "/mjpeg-cut", "/private", "/mute"):
            self.head("multipart/x-mixed-replace; boundary=next")
            count = {"/mjpeg-stops": 30, "/mjpeg-ends": 30, "/mjpeg-junk": 30, "/mute": 0}.get(path, 1 << 30)
            self.jpegs(count, path == "/mjpeg-cut")
            while path == "/mjpeg-junk":
                self.part(bytes(2000))
                time.sleep(0.04)
            if path != "/mjpeg-ends":
                time.sleep(3600)
        elif path == "/mjpeg-slow":
            self.head("multipart/x-mixed-replace; boundary=next")
            self.slow_jpegs()
        elif path == "/mjpeg-bare":
            self.head("multipart/x-mixed-replace; boundary=next")
            self.bare_jpegs()
        elif path == "/snap.jpg":
            self.chunked_jpeg()
        elif path == "/snap-of-known-length.jpg":
            self.file(first_picture, "image/jpeg")
        elif path in ("/ts-once", "/clip-once.mp4") and path in self.served:
            self.send_error(410)
        elif path in ("/ts", "/ts-once", "/late"):
            self.served.add(path)
            self.head("video/mp2t")
            self.transport(0.8 if path == "/late" else 1)
        elif path in ("/ts-stored", "/ts-catching-up", "/ts-short"):
            self.head("video/mp2t")
            with self.lock:
                pictures = transport_pictures()
            if path == "/ts-short":
                self.wfile.write(b"".join(pictures[:40]))
                return
            stored, seconds = (500, 0) if path == "/ts-stored" else (200 + 75, 3)
            for number, picture in enumerate(pictures):
                self.wfile.write(picture)
                time.sleep(seconds / stored if number < stored else 0.04)
        elif path in ("/clip.mp4", "/clip-once.mp4"):
            self.served.add(path)
            self.file(clip, "video/mp4")
        elif path.startswith("/hls/"):
            with self.lock:
                hls()
            place = folder + path
            for _ in range(300):
                if os.path.exists(place):
                    break
                time.sleep(0.05)
            self.file(lambda: open(place, "rb").read(), "application/vnd.apple.mpegurl" if place.endswith("8") else "video/mp2t")
        else:
            self.send_error(404)

    def head(self, kind, *more):
        self.send_response(200)
        for name, value in (("Content-Type", kind), *more):
            self.send_header(name, value)
        self.end_headers()

    def file(self, content, kind):
        with self.lock:
            data = content()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def jpegs(self, count, cut):
        with self.lock:
            all = pictures()
        start = time.monotonic()
        for number in range(count):
            picture = all[number % len(all)]
            self.part(picture[: len(picture) // 3] if cut and number % 5 == 4 else picture)
            time.sleep(max(0, start + (number + 1) / 25 - time.monotonic()))

    def slow_jpegs(self):
        with self.lock:
            all = pictures()
        for number, picture in enumerate(all):
            self.part(picture)
            time.sleep(3.2 if number else 1.5)

    def bare_jpegs(self):
        with self.lock:
            all = pictures()
        for picture in all[:3]:
            self.wfile.write(b"--next\r\nContent-Type: image/jpeg\r\n\r\n%b\r\n" % picture)
            time.sleep(0.5)
        time.sleep(3600)

    def chunked_jpeg(self):
        with self.lock:
            picture = pictures()[0]
        self.protocol_version = "HTTP/1.1"
        self.head("image/jpeg", ("Transfer-Encoding", "chunked"), ("Connection", "close"))
        self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(picture), picture))

    def part(self, picture):
        self.wfile.write(
            b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(picture), picture))

    def transport(self, pace):
        encoder = ffmpeg(
            *(["-readrate", str(pace)] + source[1:] if pace != 1 else source), *video, "-f", "mpegts", "-", stdout=subprocess.PIPE)
        try:
            while data := encoder.stdout.read1(65536):
                self.wfile.write(data)
        finally:
            encoder.kill()
            encoder.wait()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
server.daemon_threads = True
print("ready", server.server_address[1], flush=True)
server.serve_forever()
