import Glibc

/// The executable file of this process.
package enum OwnExecutable {
  /// The kernel's link to the file, for this process: it leads there whatever became of the file's
  /// name.
  package static let link = "/proc/self/exe"

  /// The path of the executable; nil if the file at that path was replaced or deleted.
  package static var path: String? {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard readlink(link, &path, path.count - 1) > 0 else { return nil }
    var running = stat()
    var named = stat()
    guard stat(link, &running) == 0, stat(path, &named) == 0, running.st_ino == named.st_ino,
      running.st_dev == named.st_dev
    else { return nil }
    return String(decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The path for other processes: the file's path or, while this process lives, Linux's link to
  /// the file.
  package static var pathForOthers: String { path ?? "/proc/\(getpid())/exe" }
}
