import Glibc

/// The process's first three descriptors and its pipes, made safe before anything is opened.
enum StandardStreams {
  /// Call before any file is opened.
  static func prepare() {
    reserve(STDIN_FILENO, O_WRONLY)
    reserve(STDOUT_FILENO, O_RDONLY)
    reserve(STDERR_FILENO, O_RDONLY)
    // A reader that went away is an error that is told and has an exit code, not a sudden end.
    signal(SIGPIPE, SIG_IGN)
    // So is a file that may not grow any more (ulimit -f).
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Occupies a descriptor that the caller left closed.
  ///
  /// Otherwise the next file opened would get its number, and messages would land in a model. The
  /// wrong direction makes every use of it fail. Where there is no /dev/null nothing can be done.
  private static func reserve(_ descriptor: Int32, _ wrongDirection: Int32) {
    if fcntl(descriptor, F_GETFD) < 0, errno == EBADF { _ = open("/dev/null", wrongDirection) }
  }
}
