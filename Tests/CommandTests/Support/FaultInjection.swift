import Foundation
import Glibc
import TestSupport

/// Makes a system call of the command fail, by a small library that is loaded before others.
struct FaultInjection {
  /// The calls that can fail.
  enum Call: String {
    case open, stat, read, readdir, write, fsync, rename
    /// The start of a thread, which has no path.
    case thread
    /// The start of a process.
    case spawn
    /// A function of zlib, which has no memory; its name is the path.
    case zlib
  }

  /// A part of the path that the call is for; empty for any.
  var path: String
  /// The call.
  var call: Call
  /// What it fails with.
  var error = EIO
  /// Calls that succeed before.
  var skipped = 0
  /// Calls that fail; the later ones succeed.
  var count = Int32.max
  /// A file that is made when a call fails; nil for none.
  var mark: String?
  /// A part of the paths whose `fsync` takes half a second; nil for none.
  var slow: String?

  /// Builds the library.
  ///
  /// - Parameter folder: Where it is made.
  /// - Returns: The variables for the command.
  /// - Throws: What the compiler says.
  func environment(in folder: TemporaryFolder) throws -> [String: String] {
    let library = folder.path("faults.so")
    if !folder.exists("faults.so") {
      let source = try folder.write(Array(Self.source.utf8), to: "faults.c")
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-o", library, source]
      try compiler.run()
      compiler.waitUntilExit()
      guard compiler.terminationStatus == 0 else { throw CommandError.notBuilt(library) }
    }
    return [
      "LD_PRELOAD": library, "FAULT_CALL": call.rawValue, "FAULT_PATH": path,
      "FAULT_ERROR": "\(error)", "FAULT_SKIPPED": "\(skipped)", "FAULT_COUNT": "\(count)",
      "FAULT_SLOW": slow ?? "\n", "FAULT_MARK": mark ?? "",
    ]
  }

  private static let source = """
    #define _GNU_SOURCE
    #include <dirent.h>
    #include <dlfcn.h>
    #include <errno.h>
    #include <fcntl.h>
    #include <pthread.h>
    #include <spawn.h>
    #include <stdarg.h>
    #include <stdatomic.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/stat.h>
    #include <unistd.h>

    static _Atomic int calls;

    static int fails(const char *call, const char *path) {
      const char *wanted = getenv("FAULT_CALL"), *part = getenv("FAULT_PATH");
      if (!wanted || strcmp(wanted, call) || !strstr(path, part)) return 0;
      int number = atomic_fetch_add(&calls, 1) - atoi(getenv("FAULT_SKIPPED"));
      if (number < 0 || number >= atoi(getenv("FAULT_COUNT"))) return 0;
      const char *mark = getenv("FAULT_MARK");
      if (*mark) close(creat(mark, 0600));
      errno = atoi(getenv("FAULT_ERROR"));
      return 1;
    }

    static const char *path_of(int fd, char *text, size_t size) {
      char link[40];
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t count = readlink(link, text, size - 1);
      text[count < 0 ? 0 : count] = 0;
      return text;
    }

    #define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
    #define OPEN(name) \\
      int name(const char *path, int flags, ...) { \\
        va_list list; \\
        va_start(list, flags); \\
        mode_t mode = flags & O_CREAT ? va_arg(list, int) : 0; \\
        va_end(list); \\
        return fails("open", path) ? -1 : NEXT(name)(path, flags, mode); \\
      }
    #define ON_FILE(call, type, name, parameters, ...) \\
      type name parameters { \\
        char text[4096]; \\
        return fails(call, path_of(fd, text, sizeof text)) ? -1 : NEXT(name)(__VA_ARGS__); \\
      }

    OPEN(open)
    OPEN(open64)
    ON_FILE("read", ssize_t, read, (int fd, void *to, size_t count), fd, to, count)
    ON_FILE("read", ssize_t, pread, (int fd, void *to, size_t count, off_t at), fd, to, count, at)
    ON_FILE("read", ssize_t, pread64, (int fd, void *to, size_t count, off64_t at), fd, to, count, at)
    ON_FILE("write", ssize_t, write, (int fd, const void *from, size_t count), fd, from, count)

    int fsync(int fd) {
      char text[4096];
      path_of(fd, text, sizeof text);
      if (strstr(text, getenv("FAULT_SLOW"))) usleep(500000);
      return fails("fsync", text) ? -1 : NEXT(fsync)(fd);
    }
    struct dirent *readdir(DIR *folder) {
      char text[4096];
      return fails("readdir", path_of(dirfd(folder), text, sizeof text)) ? NULL
                                                                         : NEXT(readdir)(folder);
    }
    int rename(const char *from, const char *to) {
      return fails("rename", to) ? -1 : NEXT(rename)(from, to);
    }
    int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *),
                       void *argument) {
      return fails("thread", "") ? errno : NEXT(pthread_create)(thread, attributes, body, argument);
    }
    int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                    const posix_spawnattr_t *attributes, char *const arguments[],
                    char *const environment[]) {
      return fails("spawn", path)
                 ? errno
                 : NEXT(posix_spawn)(pid, path, actions, attributes, arguments, environment);
    }
    int stat(const char *path, struct stat *status) {
      return fails("stat", path) ? -1 : NEXT(stat)(path, status);
    }
    // -4 is Z_MEM_ERROR.
    int inflateInit2_(void *stream, int bits, const char *version, int size) {
      return fails("zlib", "inflateInit2_") ? -4 : NEXT(inflateInit2_)(stream, bits, version, size);
    }
    int compress2(unsigned char *to, unsigned long *count, const unsigned char *from,
                  unsigned long size, int level) {
      return fails("zlib", "compress2") ? -4 : NEXT(compress2)(to, count, from, size, level);
    }
    """
}
