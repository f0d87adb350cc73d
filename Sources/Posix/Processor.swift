internal import CPosix
internal import Glibc

/// What this process may use of the machine, and what it used.
public enum Processor {
  /// The cores that the process may run on (its affinity, which `taskset` and containers set), at least 1.
  public static var coreCount: Int { max(Int(stream_available_cores()), 1) }

  /// The most memory the process has held so far, in bytes; 0 where the system does not say.
  ///
  /// Of the program alone: what `getrusage` tells includes that of the process which became it by `exec`.
  public static var peakMemory: Int { Int(stream_peak_memory()) }

  /// The processor time the process has used so far, of all its threads.
  public static var timeUsed: Duration { now(CLOCK_PROCESS_CPUTIME_ID) }

  /// The processor time the calling thread has used so far; a call of the system, of microseconds on virtual machines.
  package static var threadTimeUsed: Duration { now(CLOCK_THREAD_CPUTIME_ID) }
}
