internal import Glibc

/// Descriptors 0, 1 and 2, which a program may be started without.
package enum StandardDescriptors {
  /// Occupies those that are closed, so that no file which is opened later becomes standard output by its number.
  ///
  /// What they then stand for refuses to be read (0) or written (1, 2), as a closed one does: `EBADF`. Called first of
  /// all, before there are other threads.
  package static func occupy() {
    // Each open takes the lowest free number.
    for number in Int32(0)...2 where fcntl(number, F_GETFD) < 0 {
      _ = unsafe open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
    }
  }
}
