import Glibc

/// The program file that this process runs.
package enum OwnExecutable {
  /// The kernel's link to the file, for this process: it leads there whatever became of the file's name.
  package static let link = "/proc/self/exe"

  /// The file's own path; nil where another file, or none, has that name by now.
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

  /// Where other processes find the file: by its path, or as long as this process lives by the kernel's
  /// link to it.
  package static var pathForOthers: String { path ?? "/proc/\(getpid())/exe" }
}
