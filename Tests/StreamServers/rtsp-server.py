#!/usr/bin/python3
"""An RTSP server on the loopback: rtsp-server.py PORT [loss PERCENT]. It says `ready PORT` once it listens.

It serves /live, a clock-like test pattern of 320x240 at 25 pictures a second in H.264 with a key frame each second, as a
live source; with `loss` so many of its RTP packets are missing. PORT 0 is any free one.
"""
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402

port = sys.argv[1]
loss = float(sys.argv[3]) / 100 if len(sys.argv) > 3 else 0
Gst.init(None)
factory = GstRtspServer.RTSPMediaFactory()
factory.set_launch(
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 bitrate=500"
    + (f" ! rtph264pay mtu=300 ! identity drop-probability={loss} name=pay0 )" if loss else " ! rtph264pay name=pay0 )")
)
factory.set_shared(True)
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(port)
server.get_mount_points().add_factory("/live", factory)
if not server.attach(None):
    sys.exit("cannot listen")
print("ready", server.get_bound_port(), flush=True)
GLib.MainLoop().run()
