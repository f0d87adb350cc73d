// Part of camera.c: controls, which can be listed and turned.
#pragma once

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
