// Part of camera.c: what it offers and what goes wrong, as the environment says; the state of the device.
#pragma once

enum { most_buffers = 32, most_formats = 8, most_faults = 64 };

// A format on offer; `pictures` where they come from a file, with the start of each and of the end.
struct format {
  uint32_t fourcc;
  int width, height, rate, stride;
  size_t size, count;
  const uint8_t *pictures;
  size_t *starts;
};

struct fault {
  char when[24], what[16];
  long value;
};

static struct format formats[most_formats];
static struct fault faults[most_faults];
static int format_count, fault_count, padding;
static const char *device;
static FILE *journal;

// The state of the one open device, under the lock.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct format *chosen = formats;
static int reader = -1, writer = -1, memory = -1, rate;
static uint8_t *bytes;
static size_t buffer_size;
static struct v4l2_buffer buffers[most_buffers];
static int buffer_count, queued[most_buffers], queued_count, done[most_buffers], done_count;
static int is_streaming, is_gone, has_failed, stream_number = -1, refusals;
// Where it is gone: from when on it can be opened again, in nanoseconds of the monotonic clock.
static int64_t away_until;
static pthread_t camera;

// The system's own calls, past what is defined below.
static long (*system_call)(long, ...);
static int (*system_ioctl)(int, unsigned long, ...);
static int (*system_munmap)(void *, size_t);

static void note(const char *word) {
  if (journal) fprintf(journal, "%s\n", word);
}

static const struct fault *fault(const char *when, const char *what) {
  char here[48];
  snprintf(here, sizeof here, "%d/%s", stream_number, when);
  for (int i = 0; i < fault_count; i++) {
    int is_now = !strcmp(faults[i].when, when) || !strcmp(faults[i].when, here);
    if (is_now && (!what || !strcmp(faults[i].what, what))) return &faults[i];
  }
  return NULL;
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int is_away(void) { return nanoseconds() < away_until; }

// Bytes of a row without padding: of the first plane, for formats with several.
static int row_bytes(uint32_t fourcc, int width) {
  switch (fourcc) {
    case V4L2_PIX_FMT_YUYV: case V4L2_PIX_FMT_UYVY: return 2 * width;
    case V4L2_PIX_FMT_RGB24: case V4L2_PIX_FMT_BGR24: return 3 * width;
    default: return width;
  }
}

static int is_compressed(uint32_t fourcc) { return fourcc == V4L2_PIX_FMT_MJPEG || fourcc == V4L2_PIX_FMT_H264; }
static int is_halved(uint32_t fourcc) { return fourcc == V4L2_PIX_FMT_YUV420 || fourcc == V4L2_PIX_FMT_NV12; }

static void read_pictures(struct format *format, const char *path) {
  int file = system_call(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  off_t length = file < 0 ? -1 : lseek(file, 0, SEEK_END);
  if (length <= 0) {
    fprintf(stderr, "preload camera: cannot read %s\n", path);
    _exit(99);
  }
  const uint8_t *start = (void *)system_call(SYS_mmap, NULL, length, PROT_READ, MAP_PRIVATE, file, 0L);
  system_call(SYS_close, file);
  format->pictures = start;
  format->starts = calloc((size_t)length / 3 + 2, sizeof(size_t));
  if (is_compressed(format->fourcc)) {
    static const uint8_t jpeg[] = {0xff, 0xd8, 0xff}, delimiter[] = {0, 0, 0, 1, 9};
    int is_jpeg = format->fourcc == V4L2_PIX_FMT_MJPEG;
    size_t mark = is_jpeg ? sizeof jpeg : sizeof delimiter;
    for (size_t i = 0; i + mark <= (size_t)length; i++)
      if (!memcmp(start + i, is_jpeg ? jpeg : delimiter, mark)) format->starts[format->count++] = i;
    format->starts[format->count] = length;
  } else {
    while ((format->count + 1) * format->size <= (size_t)length) {
      format->count++;
      format->starts[format->count] = format->count * format->size;
    }
  }
  if (!format->count) format->pictures = NULL;
}

static void add_format(const char *text) {
  struct format *format = &formats[format_count];
  char code[5] = "", path[4096] = "";
  int fields = sscanf(text, "%4[^:]:%dx%d:%d:%4095s", code, &format->width, &format->height, &format->rate, path);
  if (fields < 4 || format_count == most_formats) return;
  memcpy(&format->fourcc, code, 4);
  int is_coded = is_compressed(format->fourcc);
  format->stride = is_coded ? 0 : row_bytes(format->fourcc, format->width) + padding;
  format->size = (size_t)(is_coded ? 2 * format->width : format->stride) * format->height;
  if (is_halved(format->fourcc)) format->size += format->size / 2;
  if (fields == 5) read_pictures(format, path);
  format_count++;
}

static void add_fault(const char *text) {
  struct fault *fault = &faults[fault_count];
  if (fault_count < most_faults && sscanf(text, "%23[^:]:%15[^=]=%ld", fault->when, fault->what, &fault->value) >= 2)
    fault_count++;
}

static void each(const char *list, void (*add)(const char *)) {
  char *copy = strdup(list), *rest;
  for (char *part = strtok_r(copy, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) add(part);
  free(copy);
}

static const char *setting(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value && *value ? value : otherwise;
}

__attribute__((constructor)) static void begin(void) {
  system_call = dlsym(RTLD_NEXT, "syscall");
  system_ioctl = dlsym(RTLD_NEXT, "ioctl");
  system_munmap = dlsym(RTLD_NEXT, "munmap");
  padding = atoi(setting("STREAM_CAMERA_PADDING", "0"));
  each(setting("STREAM_CAMERA_FORMATS", "YUYV:640x480:30"), add_format);
  each(setting("STREAM_CAMERA_FAULTS", ""), add_fault);
  if (!format_count) {
    fprintf(stderr, "preload camera: no format in STREAM_CAMERA_FORMATS\n");
    _exit(99);
  }
  const char *log = setting("STREAM_CAMERA_LOG", NULL);
  if (log && (journal = fopen(log, "ae"))) setvbuf(journal, NULL, _IOLBF, 0);
  device = setting("STREAM_CAMERA_PATH", "/dev/video0");
}
