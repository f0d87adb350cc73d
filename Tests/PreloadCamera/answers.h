// Part of camera.c: what the device is, and which formats, sizes and rates it has.
#pragma once

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
    answer->flags = is_compressed(formats[i].fourcc) ? V4L2_FMT_FLAG_COMPRESSED : 0;
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
