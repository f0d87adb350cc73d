#!/usr/bin/env python3
"""Shows how the event log is read from another language: counts who crosses a line.

    stream --input street.mp4 --track-max-age 15 | line_crossing.py 0.5

A track that ends and begins anew at the line is not seen to cross it: so tracks live on for 15 frames without a match.
The line lies across the picture, here at half its height; who stands below it and stood above it has gone down. Where
somebody stands is the lower edge of the box.
"""
import json
import sys

line = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
was_below, crossings = {}, {"down": 0, "up": 0}
for event in map(json.loads, sys.stdin):
    for seen in event["objects"]:
        left, top, width, height = seen["box"]
        is_below = top + height > line * event["height"]
        track = event.get("source"), event.get("run"), seen["id"]
        if is_below != was_below.get(track, is_below):
            way = "down" if is_below else "up"
            crossings[way] += 1
            print(f"{event['time']:.1f} s: {seen['label']} {seen['id']} went {way}", flush=True)
        was_below[track] = is_below
print(f"{crossings['down']} went down, {crossings['up']} went up")
