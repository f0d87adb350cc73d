// A camera that is not there: preloaded into any program (LD_PRELOAD), it answers for one video device.
//
//   STREAM_CAMERA_PATH      the device, /dev/video0 where not given; it need not exist
//   STREAM_CAMERA_FORMATS   what it offers, comma separated: FOURCC:WIDTHxHEIGHT:RATE[:FILE]. FILE holds raw pictures
//                           end to end, or JPEG pictures for MJPG, and is played in a loop; without it picture n has
//                           the luma 16 + n mod 200 (its grey in RGB formats) everywhere. Default YUYV:640x480:30
//   STREAM_CAMERA_FAULTS    what goes wrong, comma separated, WHEN:WHAT. WHEN is the number of a picture, counted from
//                           0 as the camera takes them:
//                             error, short    the buffer is flagged as damaged, or half full
//                             gap=N           N more pictures are missing before this one
//                             again           it is announced to poll but not there: EAGAIN; the picture comes next
//                             past=MS, future=MS   its timestamp is wrong by that much
//                             stall=MS        the camera pauses before it
//                             silent          neither this picture nor any later one comes
//                             eio, unplug     the stream fails for good, or the device is gone until it is opened anew
//                             unplug=MS       the device is gone, and cannot be opened for so long
//                           or a call: open:busy, open:denied, open:absent, caps:none, format:busy, buffers:N (at most)
//   STREAM_CAMERA_PADDING   bytes, all 0xFF, after each row
//   STREAM_CAMERA_SEQUENCE  the sequence number of picture 0
//   STREAM_CAMERA_LOG       a file to which opening, streaming, unmapping, closing and controls (Brightness=120) are
//                           written, one a line
//
// The descriptor that the program gets is the reading end of a pipe that holds one byte for each finished buffer, so
// poll, select and epoll are the kernel's own; unplugged, the other end is closed. One program opens it once at a time.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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
// When the device can be found again, in milliseconds of the monotonic clock.
static int64_t back_at;
static int buffer_count, queued[most_buffers], queued_count, done[most_buffers], done_count;
static int is_streaming, is_gone, has_failed;
static pthread_t camera;

// The system's own calls, past what is defined below.
static long (*system_call)(long, ...);
static int (*system_ioctl)(int, unsigned long, ...);
static int (*system_munmap)(void *, size_t);

static void note(const char *word) {
  if (journal) fprintf(journal, "%s\n", word);
}

static const struct fault *fault(const char *when, const char *what) {
  for (int i = 0; i < fault_count; i++)
    if (!strcmp(faults[i].when, when) && (!what || !strcmp(faults[i].what, what))) return &faults[i];
  return NULL;
}

// Bytes of a row without padding: of the first plane, for formats with several.
static int row_bytes(uint32_t fourcc, int width) {
  switch (fourcc) {
    case V4L2_PIX_FMT_YUYV: case V4L2_PIX_FMT_UYVY: return 2 * width;
    case V4L2_PIX_FMT_RGB24: case V4L2_PIX_FMT_BGR24: return 3 * width;
    default: return width;
  }
}

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
  if (format->fourcc == V4L2_PIX_FMT_MJPEG) {
    for (off_t i = 0; i + 2 < length; i++)
      if (start[i] == 0xff && start[i + 1] == 0xd8 && start[i + 2] == 0xff) format->starts[format->count++] = i;
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
  int is_compressed = format->fourcc == V4L2_PIX_FMT_MJPEG;
  format->stride = is_compressed ? 0 : row_bytes(format->fourcc, format->width) + padding;
  format->size = (size_t)(is_compressed ? 2 * format->width : format->stride) * format->height;
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

// Fills buffer `index` with picture `number` and returns its length.
static size_t paint(int index, long number) {
  uint8_t *start = bytes + index * buffer_size;
  if (chosen->pictures) {
    size_t picture = number % chosen->count, length = chosen->starts[picture + 1] - chosen->starts[picture];
    if (length > buffer_size) length = buffer_size;
    memcpy(start, chosen->pictures + chosen->starts[picture], length);
    return length;
  }
  int luma = 16 + number % 200, row = row_bytes(chosen->fourcc, chosen->width);
  memset(start, 0xff, chosen->size);
  for (int y = 0; y < chosen->height; y++) memset(start + (size_t)y * chosen->stride, luma, row);
  if (is_halved(chosen->fourcc))
    memset(start + (size_t)chosen->height * chosen->stride, 128, chosen->size - (size_t)chosen->height * chosen->stride);
  int is_uyvy = chosen->fourcc == V4L2_PIX_FMT_UYVY;
  if (is_uyvy || chosen->fourcc == V4L2_PIX_FMT_YUYV)
    for (int y = 0; y < chosen->height; y++)
      for (int x = is_uyvy ? 0 : 1; x < row; x += 2) start[(size_t)y * chosen->stride + x] = 128;
  return chosen->size;
}

static int64_t milliseconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int is_away(void) { return milliseconds_now() < back_at; }

static void ring(void) { system_call(SYS_write, writer, "!", 1L); }

static void sleep_for(struct timespec *time, long nanoseconds) {
  long sum = time->tv_nsec + nanoseconds;
  time->tv_sec += sum / 1000000000;
  time->tv_nsec = sum % 1000000000;
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, time, NULL);
}

// Finishes the oldest queued buffer with picture `number`; without one the picture is lost, as with a real driver.
static void take(long number, uint32_t sequence, const char *when) {
  if (!queued_count) return note("starved");
  int index = queued[0];
  memmove(queued, queued + 1, sizeof queued[0] * --queued_count);
  struct v4l2_buffer *buffer = &buffers[index];
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  int64_t micros = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
  const struct fault *past = fault(when, "past"), *future = fault(when, "future");
  micros += (future ? future->value : 0) * 1000 - (past ? past->value : 0) * 1000;
  buffer->timestamp.tv_sec = micros / 1000000;
  buffer->timestamp.tv_usec = micros % 1000000;
  buffer->bytesused = paint(index, number) / (fault(when, "short") ? 2 : 1);
  buffer->sequence = sequence;
  buffer->field = V4L2_FIELD_NONE;
  buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_DONE;
  if (fault(when, "error")) buffer->flags |= V4L2_BUF_FLAG_ERROR;
  done[done_count++] = index;
  ring();
}

static void *run(void *unused) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  uint32_t sequence = strtoul(setting("STREAM_CAMERA_SEQUENCE", "0"), NULL, 0);
  for (long number = 0;; number++, sequence++) {
    char when[24];
    snprintf(when, sizeof when, "%ld", number);
    const struct fault *stall = fault(when, "stall"), *gap = fault(when, "gap");
    sleep_for(&time, 1000000000L / rate + (stall ? stall->value * 1000000L : 0));
    if (gap) number += gap->value, sequence += gap->value;
    pthread_mutex_lock(&lock);
    int goes_on = is_streaming && !fault(when, "silent");
    const struct fault *unplug = fault(when, "unplug");
    if (goes_on && unplug) {
      is_gone = 1;
      back_at = milliseconds_now() + unplug->value;
      system_call(SYS_close, writer);
      writer = -1;
      goes_on = 0;
    } else if (goes_on && fault(when, "eio")) {
      has_failed = 1;
      ring();
      goes_on = 0;
    } else if (goes_on) {
      if (fault(when, "again")) {
        ring();
        pthread_mutex_unlock(&lock);
        usleep(20000);
        pthread_mutex_lock(&lock);
      }
      take(number, sequence, when);
    }
    pthread_mutex_unlock(&lock);
    if (!goes_on) return unused;
  }
}

// Ends the stream; called and left with the lock held.
static void stop(void) {
  if (is_streaming) {
    is_streaming = 0;
    pthread_mutex_unlock(&lock);
    pthread_join(camera, NULL);
    pthread_mutex_lock(&lock);
    note("streamoff");
  }
  long flags = system_call(SYS_fcntl, reader, F_GETFL, 0L);
  system_call(SYS_fcntl, reader, F_SETFL, flags | O_NONBLOCK);
  char byte;
  while (system_call(SYS_read, reader, &byte, 1L) == 1) {}
  system_call(SYS_fcntl, reader, F_SETFL, flags);
  queued_count = done_count = 0;
  for (int i = 0; i < buffer_count; i++) buffers[i].flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
}

static void free_buffers(void) {
  if (bytes) system_munmap(bytes, buffer_size * buffer_count);
  if (memory >= 0) system_call(SYS_close, memory);
  bytes = NULL;
  memory = -1;
  buffer_count = 0;
}

static int refuse(int code) {
  errno = code;
  return -1;
}

static int make_buffers(struct v4l2_requestbuffers *request) {
  if (request->type != V4L2_BUF_TYPE_VIDEO_CAPTURE || request->memory != V4L2_MEMORY_MMAP) return refuse(EINVAL);
  stop();
  free_buffers();
  has_failed = 0;
  request->capabilities = V4L2_BUF_CAP_SUPPORTS_MMAP;
  if (!request->count) return 0;
  const struct fault *few = fault("buffers", NULL);
  uint32_t most = few ? (uint32_t)atoi(few->what) : most_buffers;
  if (request->count > most) request->count = most;
  buffer_count = request->count;
  buffer_size = (chosen->size + 4095) & ~4095UL;
  memory = memfd_create("preload camera", MFD_CLOEXEC);
  if (memory < 0 || ftruncate(memory, buffer_size * buffer_count)) return refuse(ENOMEM);
  bytes = (void *)system_call(
    SYS_mmap, NULL, buffer_size * buffer_count, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0L);
  for (int i = 0; i < buffer_count; i++)
    buffers[i] = (struct v4l2_buffer){
      .index = i, .type = request->type, .memory = request->memory, .length = buffer_size,
      .m.offset = i * buffer_size, .flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC};
  return 0;
}

static int queue(struct v4l2_buffer *buffer) {
  if ((int)buffer->index >= buffer_count) return refuse(EINVAL);
  uint32_t *flags = &buffers[buffer->index].flags;
  if (*flags & (V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE)) return refuse(EINVAL);
  if (has_failed) return refuse(EIO);
  *flags |= V4L2_BUF_FLAG_QUEUED;
  queued[queued_count++] = buffer->index;
  buffer->flags = *flags;
  return 0;
}

// Waits for a finished buffer as the descriptor's flags say; the lock is not held meanwhile.
static int dequeue(struct v4l2_buffer *buffer) {
  if (!buffer_count) return refuse(EINVAL);
  pthread_mutex_unlock(&lock);
  char byte;
  long got = system_call(SYS_read, reader, &byte, 1L);
  int code = errno;
  pthread_mutex_lock(&lock);
  if (got < 0) return refuse(code);
  if (got == 0) return refuse(ENODEV);
  if (!done_count) return refuse(has_failed ? EIO : EAGAIN);
  int index = done[0];
  memmove(done, done + 1, sizeof done[0] * --done_count);
  buffers[index].flags &= ~V4L2_BUF_FLAG_DONE;
  *buffer = buffers[index];
  buffers[index].flags = V4L2_BUF_FLAG_MAPPED | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
  return 0;
}

static int start(void) {
  if (!buffer_count) return refuse(EINVAL);
  if (has_failed) return refuse(EIO);
  if (!is_streaming) {
    is_streaming = 1;
    pthread_create(&camera, NULL, run, NULL);
    note("streamon");
  }
  return 0;
}

// Answers with the format that comes nearest: same code and size, else same code, else the first.
static int set_format(struct v4l2_format *request, int is_kept) {
  struct v4l2_pix_format *asked = &request->fmt.pix;
  struct format *nearest = NULL;
  if (request->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return refuse(EINVAL);
  if (is_kept && (buffer_count || fault("format", "busy"))) return refuse(EBUSY);
  for (struct format *format = formats; format < formats + format_count; format++) {
    int is_same_size = format->width == (int)asked->width && format->height == (int)asked->height;
    if (format->fourcc == asked->pixelformat && (!nearest || is_same_size)) nearest = format;
  }
  if (!nearest) nearest = formats;
  if (is_kept) chosen = nearest, rate = nearest->rate;
  *asked = (struct v4l2_pix_format){
    .pixelformat = nearest->fourcc, .width = nearest->width, .height = nearest->height, .field = V4L2_FIELD_NONE,
    .bytesperline = nearest->stride, .sizeimage = nearest->size, .colorspace = V4L2_COLORSPACE_SRGB,
    .priv = V4L2_PIX_FMT_PRIV_MAGIC};
  return 0;
}

static int set_rate(struct v4l2_streamparm *request, int is_set) {
  struct v4l2_captureparm *asked = &request->parm.capture;
  if (request->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return refuse(EINVAL);
  if (is_set && asked->timeperframe.numerator && asked->timeperframe.denominator) {
    long wanted = asked->timeperframe.denominator / asked->timeperframe.numerator;
    rate = wanted < 1 ? 1 : wanted < chosen->rate ? wanted : chosen->rate;
  }
  *asked = (struct v4l2_captureparm){.capability = V4L2_CAP_TIMEPERFRAME, .timeperframe = {1, rate}};
  return 0;
}

static int describe(struct v4l2_capability *answer) {
  *answer = (struct v4l2_capability){.driver = "preload", .card = "Preload camera", .bus_info = "platform:preload"};
  answer->version = 6 << 16 | 1 << 8;
  answer->device_caps = fault("caps", "none")
                          ? V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING
                          : V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_EXT_PIX_FORMAT;
  answer->capabilities = answer->device_caps | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_DEVICE_CAPS;
  return 0;
}

static int list_format(struct v4l2_fmtdesc *answer) {
  uint32_t place = 0;
  if (answer->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) return refuse(EINVAL);
  for (int i = 0; i < format_count; i++) {
    int is_new = 1;
    for (int j = 0; j < i; j++) is_new &= formats[j].fourcc != formats[i].fourcc;
    if (!is_new || place++ != answer->index) continue;
    answer->pixelformat = formats[i].fourcc;
    answer->flags = formats[i].fourcc == V4L2_PIX_FMT_MJPEG ? V4L2_FMT_FLAG_COMPRESSED : 0;
    snprintf((char *)answer->description, sizeof answer->description, "%.4s", (char *)&formats[i].fourcc);
    return 0;
  }
  return refuse(EINVAL);
}

static int list_size(struct v4l2_frmsizeenum *answer) {
  uint32_t place = 0;
  for (int i = 0; i < format_count; i++) {
    if (formats[i].fourcc != answer->pixel_format || place++ != answer->index) continue;
    answer->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    answer->discrete = (struct v4l2_frmsize_discrete){formats[i].width, formats[i].height};
    return 0;
  }
  return refuse(EINVAL);
}

static int list_interval(struct v4l2_frmivalenum *answer) {
  for (int i = 0; i < format_count && !answer->index; i++) {
    if (formats[i].fourcc != answer->pixel_format || formats[i].width != (int)answer->width ||
        formats[i].height != (int)answer->height) continue;
    answer->type = V4L2_FRMIVAL_TYPE_DISCRETE;
    answer->discrete = (struct v4l2_fract){1, formats[i].rate};
    return 0;
  }
  return refuse(EINVAL);
}

static int list_input(struct v4l2_input *answer) {
  if (answer->index) return refuse(EINVAL);
  *answer = (struct v4l2_input){.name = "Camera", .type = V4L2_INPUT_TYPE_CAMERA};
  return 0;
}

// A control; `values` are the numbers of a menu's entries.
struct control {
  uint32_t id, type;
  const char *name;
  int minimum, maximum, step, usual, value;
  const char *entries[4];
};

// Exposure time is inactive as long as exposure is automatic (3).
static struct control controls[] = {
    {V4L2_CID_BRIGHTNESS, V4L2_CTRL_TYPE_INTEGER, "Brightness", 0, 250, 10, 120, 120, {0}},
    {V4L2_CID_AUTO_WHITE_BALANCE, V4L2_CTRL_TYPE_BOOLEAN, "White Balance, Automatic", 0, 1, 1, 1, 1, {0}},
    {V4L2_CID_EXPOSURE_AUTO, V4L2_CTRL_TYPE_MENU, "Auto Exposure", 0, 3, 1, 3, 3,
     {NULL, "Manual Mode", NULL, "Aperture Priority Mode"}},
    {V4L2_CID_EXPOSURE_ABSOLUTE, V4L2_CTRL_TYPE_INTEGER, "Exposure Time, Absolute", 3, 2047, 1, 250, 250, {0}},
};
enum { control_count = sizeof controls / sizeof *controls };

static struct control *find_control(uint32_t id) {
  for (int i = 0; i < control_count; i++)
    if (controls[i].id == id) return &controls[i];
  return NULL;
}

static int is_held(const struct control *control) {
  return control->id == V4L2_CID_EXPOSURE_ABSOLUTE && find_control(V4L2_CID_EXPOSURE_AUTO)->value == 3;
}

static int describe_control(struct v4l2_query_ext_ctrl *answer) {
  struct control *control = NULL;
  if (answer->id & V4L2_CTRL_FLAG_NEXT_CTRL) {
    uint32_t last = answer->id & ~(V4L2_CTRL_FLAG_NEXT_CTRL | V4L2_CTRL_FLAG_NEXT_COMPOUND);
    for (int i = 0; i < control_count; i++)
      if (controls[i].id > last && (!control || controls[i].id < control->id)) control = &controls[i];
  } else {
    control = find_control(answer->id);
  }
  if (!control) return refuse(EINVAL);
  *answer = (struct v4l2_query_ext_ctrl){.id = control->id, .type = control->type, .minimum = control->minimum,
    .maximum = control->maximum, .step = control->step, .default_value = control->usual,
    .flags = is_held(control) ? V4L2_CTRL_FLAG_INACTIVE : 0, .elem_size = 4, .elems = 1};
  strcpy(answer->name, control->name);
  return 0;
}

static int describe_entry(struct v4l2_querymenu *answer) {
  struct control *control = find_control(answer->id);
  if (!control || control->type != V4L2_CTRL_TYPE_MENU || answer->index > 3 || !control->entries[answer->index])
    return refuse(EINVAL);
  strcpy((char *)answer->name, control->entries[answer->index]);
  return 0;
}

static int turn(struct v4l2_control *request, int is_set) {
  struct control *control = find_control(request->id);
  if (!control) return refuse(EINVAL);
  if (is_set) {
    if (is_held(control)) return refuse(EACCES);
    if (request->value < control->minimum || request->value > control->maximum) return refuse(ERANGE);
    control->value = request->value - (request->value - control->minimum) % control->step;
    char word[64];
    snprintf(word, sizeof word, "%s=%d", control->name, control->value);
    note(word);
  }
  request->value = control->value;
  return 0;
}

static int answer(unsigned long request, void *argument) {
  if (is_gone && request != VIDIOC_DQBUF) return refuse(ENODEV);
  switch (request) {
    case VIDIOC_QUERYCAP: return describe(argument);
    case VIDIOC_ENUM_FMT: return list_format(argument);
    case VIDIOC_ENUM_FRAMESIZES: return list_size(argument);
    case VIDIOC_ENUM_FRAMEINTERVALS: return list_interval(argument);
    case VIDIOC_ENUMINPUT: return list_input(argument);
    case VIDIOC_G_INPUT: *(int *)argument = 0; return 0;
    case VIDIOC_S_INPUT: return *(int *)argument ? refuse(EINVAL) : 0;
    case VIDIOC_G_FMT: {
      struct v4l2_pix_format *current = &((struct v4l2_format *)argument)->fmt.pix;
      current->pixelformat = chosen->fourcc, current->width = chosen->width, current->height = chosen->height;
      return set_format(argument, 0);
    }
    case VIDIOC_TRY_FMT: return set_format(argument, 0);
    case VIDIOC_S_FMT: return set_format(argument, 1);
    case VIDIOC_QUERY_EXT_CTRL: return describe_control(argument);
    case VIDIOC_QUERYMENU: return describe_entry(argument);
    case VIDIOC_G_CTRL: return turn(argument, 0);
    case VIDIOC_S_CTRL: return turn(argument, 1);
    case VIDIOC_G_PARM: return set_rate(argument, 0);
    case VIDIOC_S_PARM: return set_rate(argument, 1);
    case VIDIOC_REQBUFS: return make_buffers(argument);
    case VIDIOC_QUERYBUF: {
      struct v4l2_buffer *buffer = argument;
      if ((int)buffer->index >= buffer_count) return refuse(EINVAL);
      *buffer = buffers[buffer->index];
      return 0;
    }
    case VIDIOC_QBUF: return queue(argument);
    case VIDIOC_DQBUF: return dequeue(argument);
    case VIDIOC_STREAMON: return start();
    case VIDIOC_STREAMOFF: stop(); has_failed = 0; return 0;
    // No controls, no events, no priorities, no cropping.
    default: return refuse(ENOTTY);
  }
}

static int ask(unsigned long request, void *argument) {
  pthread_mutex_lock(&lock);
  int result = answer((uint32_t)request, argument), code = errno;
  pthread_mutex_unlock(&lock);
  errno = code;
  return result;
}

static int is_device(const char *path) { return device && path && !strcmp(path, device); }
static int is_reader(long descriptor) { return descriptor >= 0 && descriptor == reader; }

static int open_device(int flags) {
  if (fault("open", "absent") || is_away()) return refuse(ENOENT);
  if (fault("open", "denied")) return refuse(EACCES);
  if (fault("open", "busy") || reader >= 0) return refuse(EBUSY);
  int ends[2];
  if (pipe2(ends, flags & (O_NONBLOCK | O_CLOEXEC))) return -1;
  // Out of the way of a program that counts on low numbers.
  writer = system_call(SYS_fcntl, ends[1], F_DUPFD_CLOEXEC, 100L);
  system_call(SYS_close, ends[1]);
  is_gone = has_failed = 0;
  rate = chosen->rate;
  note("open");
  return reader = ends[0];
}

static int close_device(void) {
  pthread_mutex_lock(&lock);
  stop();
  free_buffers();
  if (writer >= 0) system_call(SYS_close, writer);
  int descriptor = reader;
  reader = writer = -1;
  note("close");
  pthread_mutex_unlock(&lock);
  return system_call(SYS_close, descriptor);
}

static void *map_device(void *start, size_t length, long protection, long flags, long offset) {
  if (is_gone || memory < 0) {
    errno = is_gone ? ENODEV : EINVAL;
    return MAP_FAILED;
  }
  buffers[offset / buffer_size].flags |= V4L2_BUF_FLAG_MAPPED;
  note("map");
  return (void *)system_call(SYS_mmap, start, length, protection, flags, (long)memory, offset);
}

static int describe_device(struct stat *status) {
  memset(status, 0, sizeof *status);
  status->st_mode = S_IFCHR | 0660;
  status->st_rdev = 81 << 8;
  return 0;
}

// What the program calls.

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  if (!system_call) system_call = dlsym(RTLD_NEXT, "syscall");
  if (number == SYS_openat && is_device((const char *)a[1])) return open_device(a[2]);
#ifdef SYS_open
  if (number == SYS_open && is_device((const char *)a[0])) return open_device(a[1]);
#endif
  if (number == SYS_ioctl && is_reader(a[0])) return ask(a[1], (void *)a[2]);
  if (number == SYS_close && is_reader(a[0])) return close_device();
  if (number == SYS_mmap && is_reader(a[4])) return (long)map_device((void *)a[0], a[1], a[2], a[3], a[5]);
  if (number == SYS_munmap) return munmap((void *)a[0], a[1]);
  return system_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static int open_any(int folder, const char *path, int flags, va_list list) {
  if (is_device(path)) return open_device(flags);
  mode_t mode = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
  return syscall(SYS_openat, (long)folder, path, (long)flags, (long)mode);
}

#define OPEN(name, folder, parameters)      \
  int name parameters {                     \
    va_list list;                           \
    va_start(list, flags);                  \
    int result = open_any(folder, path, flags, list); \
    va_end(list);                           \
    return result;                          \
  }
OPEN(open, AT_FDCWD, (const char *path, int flags, ...))
OPEN(open64, AT_FDCWD, (const char *path, int flags, ...))
OPEN(openat, at, (int at, const char *path, int flags, ...))
OPEN(openat64, at, (int at, const char *path, int flags, ...))
int __open_2(const char *path, int flags) { return open(path, flags); }
int __open64_2(const char *path, int flags) { return open(path, flags); }

int close(int descriptor) {
  return is_reader(descriptor) ? close_device() : (int)syscall(SYS_close, (long)descriptor);
}

int ioctl(int descriptor, unsigned long request, ...) {
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (is_reader(descriptor)) return ask(request, argument);
  if (!system_ioctl) system_ioctl = dlsym(RTLD_NEXT, "ioctl");
  return system_ioctl(descriptor, request, argument);
}

void *mmap(void *start, size_t length, int protection, int flags, int descriptor, off_t offset) {
  if (is_reader(descriptor)) return map_device(start, length, protection, flags, offset);
  return (void *)syscall(
    SYS_mmap, start, length, (long)protection, (long)flags, (long)descriptor, (long)offset);
}
void *mmap64(void *start, size_t length, int protection, int flags, int descriptor, off64_t offset) {
  return mmap(start, length, protection, flags, descriptor, offset);
}

int munmap(void *start, size_t length) {
  if (!system_munmap) system_munmap = dlsym(RTLD_NEXT, "munmap");
  if (bytes && length == buffer_size) note("unmap");
  return system_munmap(start, length);
}

int stat(const char *path, struct stat *status) {
  if (is_device(path) && is_away()) return refuse(ENOENT);
  return is_device(path) ? describe_device(status) : fstatat(AT_FDCWD, path, status, 0);
}
int stat64(const char *path, struct stat64 *status) { return stat(path, (struct stat *)status); }
int fstat(int descriptor, struct stat *status) {
  return is_reader(descriptor) ? describe_device(status) : fstatat(descriptor, "", status, AT_EMPTY_PATH);
}
int fstat64(int descriptor, struct stat64 *status) { return fstat(descriptor, (struct stat *)status); }

// v4l2-ctl asks sysfs what kind of node 81:0 is.
FILE *fopen(const char *path, const char *mode) {
  static FILE *(*system_fopen)(const char *, const char *);
  if (!system_fopen) system_fopen = dlsym(RTLD_NEXT, "fopen");
  if (!device || strcmp(path, "/sys/dev/char/81:0/uevent")) return system_fopen(path, mode);
  static const char answer[] = "MAJOR=81\nMINOR=0\nDEVNAME=video0\n";
  int file = memfd_create("uevent", MFD_CLOEXEC);
  if (file < 0 || pwrite(file, answer, sizeof answer - 1, 0) < 0) return NULL;
  return fdopen(file, "r");
}
FILE *fopen64(const char *path, const char *mode) { return fopen(path, mode); }
