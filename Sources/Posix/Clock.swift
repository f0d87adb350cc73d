internal import Glibc

/// Returns the time of the monotonic clock (`CLOCK_MONOTONIC`), which only grows and has no meaning as a date.
package func monotonicNow() -> Duration { now(CLOCK_MONOTONIC) }

/// Returns the time since 1970-01-01T00:00:00Z (`CLOCK_REALTIME`), which people and other programs may set.
package func realtimeNow() -> Duration { now(CLOCK_REALTIME) }

/// Returns the time of a clock that every Linux has.
func now(_ clock: clockid_t) -> Duration {
  var time = timespec()
  unsafe clock_gettime(clock, &time)
  return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
}
