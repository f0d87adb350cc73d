// A camera that is not there: preloaded into any program (LD_PRELOAD), it answers for one video device.
//
//   STREAM_CAMERA_PATH      the device, /dev/video0 where not given; it need not exist
//   STREAM_CAMERA_FORMATS   what it offers, comma separated: FOURCC:WIDTHxHEIGHT:RATE[:FILE]. FILE holds raw pictures
//                           end to end, JPEG pictures for MJPG, or H.264 with delimiters of access units, and is
//                           played in a loop; without it picture n has
//                           the luma 16 + n mod 200 (its grey in RGB formats) everywhere. Default YUYV:640x480:30
//   STREAM_CAMERA_FAULTS    what goes wrong, comma separated, WHEN:WHAT. WHEN is the number of a picture, counted from
//                           0 as the camera takes them since its stream was started; 2/7 is picture 7 of the third
//                           stream alone:
//                             error, short    the buffer is flagged as damaged, or half full
//                             garble          bytes before its end are overwritten
//                             gap=N           N more pictures are missing before this one
//                             again           it is announced to poll but not there: EAGAIN; the picture comes next
//                             past=MS, future=MS   its timestamp is wrong by that much
//                             stall=MS        the camera pauses before it
//                             silent          neither this picture nor any later one comes
//                             refuse=N        the next N buffers that are given back are not taken
//                             eio             the stream fails until it is stopped
//                             unplug=MS       the device is gone, and cannot be found for so long after
//                           or a call: open:busy, open:denied, open:absent, caps:none, format:busy, buffers:N (at most)
//   STREAM_CAMERA_PADDING   bytes, all 0xFF, after each row
//   STREAM_CAMERA_SEQUENCE  the sequence number of picture 0
//   STREAM_CAMERA_LOG       a file to which opening, streaming, unmapping, closing and controls (Brightness=120) are
//                           written, one a line
//
// The descriptor that the program gets is the reading end of a pipe that holds one byte for each finished buffer, so
// poll, select and epoll are the kernel's own; unplugged, the other end is closed. One program opens it once at a time.
//
// The parts below are one piece of C: what is preloaded must show no names but those that it stands in for.
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

// In this order: each knows those before it.
#include "script.h"
#include "stream.h"
#include "answers.h"
#include "controls.h"

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
  if (is_away()) return refuse(ENOENT);
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
