import Glibc

/// Ends the progress line if Ctrl-C ends the process, so that the prompt does not follow it.
enum InterruptedLine {
  /// Does so from now on, unless the parent ignores the signal.
  static func prepare() {
    let earlier = signal(SIGINT) { number in
      // A signal handler must neither allocate nor lock.
      var lineFeed = UInt8(ascii: "\n")
      _ = Glibc.write(STDERR_FILENO, &lineFeed, 1)
      signal(number, SIG_DFL)
      raise(number)
    }
    if unsafeBitCast(earlier, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
      signal(SIGINT, SIG_IGN)
    }
    // The parent may have blocked it, as Dispatch does in its threads.
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }
}
