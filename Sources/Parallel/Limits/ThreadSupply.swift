import CParallel
import Files
import Foundation
import Glibc

/// Checks whether the system lets the process have more threads.
///
/// Dispatch waits forever for a thread that the system refuses. So code that needs threads asks
/// here first: as many threads are started, live together for a moment, and end.
package enum ThreadSupply {
  /// Checks that a number of threads can be started now.
  ///
  /// - Parameters:
  ///   - count: The number of threads.
  ///   - user: What needs them, for example `64 worker threads`.
  ///   - advice: How to need fewer; nil for no advice.
  /// - Throws: ``SystemRefusal`` with the limits that are set.
  package static func require(
    _ count: Int, for user: String, advice: Message? = nil
  ) throws(SystemRefusal) {
    let possible = Int(parallel_spare_threads(Int32(count)))
    guard possible < count else { return }
    throw refusal(possible: possible, for: user, advice: advice)
  }

  /// Whether Dispatch can get more threads and its own file descriptors now.
  ///
  /// - Parameter threads: The number of threads.
  /// - Returns: False if Dispatch would wait forever, or end the process.
  static func allowsDispatch(threads: Int) -> Bool {
    let descriptors = SystemRefusal.descriptorsOfDispatch
    return Int(parallel_spare_threads(Int32(threads))) == threads
      && Int(parallel_spare_descriptors(Int32(descriptors))) == descriptors
  }

  /// The error to throw if threads are refused.
  static func refusal(possible: Int, for user: String, advice: Message? = nil) -> SystemRefusal {
    SystemRefusal(
      "cannot start \(user): the system allows \(possible) more "
        + "\(possible == 1 ? "thread" : "threads") here (\(explanation()))"
        + (advice.map { "; \($0)" } ?? ""))
  }

  /// The limits that are set, with their current use.
  ///
  /// - Parameters:
  ///   - root: The folder to use as `/` when files of Linux are read.
  ///   - user: The effective user.
  ///   - limit: The user's limit on threads, if one is set.
  /// - Returns: The limits as text.
  static func explanation(
    root: String = "", user: uid_t = geteuid(), limit: ResourceLimit? = .current(.threads)
  ) -> String {
    var limits: [String] = []
    if let limit, !isMachinesRoot(user, root: root) {
      let used = threadCount(ofUser: getuid(), root: root).map { ", this user has \($0)" } ?? ""
      limits.append("\(limit.kind.rawValue) is \(limit.soft)\(used)")
    }
    if let cgroup = CgroupLimit.threads(root: root) {
      let used = cgroup.used.map { ", \($0) are in use" } ?? ""
      limits.append("\(cgroup.source) is \(cgroup.value)\(used)")
    }
    // Each thread's stack takes address space.
    for limit in [ResourceLimit.Kind.addressSpace, .data].compactMap(ResourceLimit.current) {
      limits.append("\(limit.kind.rawValue) is \(byteText(limit.soft))")
    }
    if let most = SystemFile.textIfReadable("/proc/sys/kernel/threads-max", root: root) {
      limits.append("kernel.threads-max is \(most)")
    }
    return limits.joined(separator: "; ")
  }

  /// Whether a user is root of the machine, who is not subject to the user's limit on threads.
  ///
  /// Root of a container may be another user of the machine.
  private static func isMachinesRoot(_ user: uid_t, root: String) -> Bool {
    guard user == 0 else { return false }
    guard let map = SystemFile.textIfReadable("/proc/self/uid_map", root: root) else { return true }
    return map.split(whereSeparator: \.isWhitespace).prefix(2) == ["0", "0"]
  }

  /// The number of threads of all processes of a user, as far as /proc shows them.
  private static func threadCount(ofUser user: uid_t, root: String) -> Int? {
    guard let folder = opendir(root + "/proc") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard Int(name) != nil else { continue }
      var status = stat()
      // A folder has one link for its parent, one for itself and one for each subfolder, which is a
      // thread.
      guard stat("\(root)/proc/\(name)/task", &status) == 0, status.st_uid == user else { continue }
      count += max(0, Int(status.st_nlink) - 2)
    }
    return count
  }
}
