import Glibc

/// Makes the standard descriptors and pipes of the process safe to use.
enum StandardStreams {
  /// Prepares the descriptors; call it before any file is opened.
  static func prepare() {
    reserve(STDIN_FILENO, O_WRONLY)
    reserve(STDOUT_FILENO, O_RDONLY)
    reserve(STDERR_FILENO, O_RDONLY)
    // A closed reader is then an error with a message and an exit code, not a sudden end.
    signal(SIGPIPE, SIG_IGN)
    // The same for a file that reaches its size limit (ulimit -f).
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Opens a standard descriptor that the parent left closed.
  ///
  /// Otherwise the next opened file would get its number, and messages would be written into it. It
  /// is opened in the wrong direction, so that every use fails. Without /dev/null nothing can be
  /// done.
  private static func reserve(_ descriptor: Int32, _ wrongDirection: Int32) {
    if fcntl(descriptor, F_GETFD) < 0, errno == EBADF { _ = open("/dev/null", wrongDirection) }
  }
}
