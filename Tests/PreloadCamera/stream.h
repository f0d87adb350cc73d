// Part of camera.c: the camera takes pictures, the program queues and dequeues buffers.
#pragma once

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
  // Within the scan of a JPEG picture, where no such code of so many ones exists.
  if (fault(when, "garble") && buffer->bytesused > 64)
    memset(bytes + index * buffer_size + buffer->bytesused - 48, 0xfe, 40);
  const struct fault *refuse = fault(when, "refuse");
  if (refuse) refusals += refuse->value;
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
      away_until = nanoseconds() + unplug->value * 1000000;
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
  if (is_streaming && refusals > 0) return refusals--, refuse(EINVAL);
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
    stream_number++;
    pthread_create(&camera, NULL, run, NULL);
    note("streamon");
  }
  return 0;
}
