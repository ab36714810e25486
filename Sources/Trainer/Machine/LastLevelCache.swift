import Foundation

/// The largest caches that processors share, as the kernel describes them.
///
/// A virtual machine is shown the host's caches, of which others use a part.
public enum LastLevelCache {
  /// Adds up the last-level caches.
  ///
  /// - Parameter root: The folder that stands for `/`.
  /// - Returns: Bytes of all of them, one that CPUs share counted once; nil where the kernel does not
  ///   tell.
  public static func bytes(root: String = "/") -> Int? {
    let folder = root + "/sys/devices/system/cpu"
    var sizes: [String: Int] = [:]
    for cpu in entries(of: folder) where number(of: cpu, after: "cpu") != nil {
      let caches = entries(of: "\(folder)/\(cpu)/cache").filter {
        number(of: $0, after: "index") != nil
      }
      let described = caches.compactMap { describe("\(folder)/\(cpu)/cache/\($0)") }
      guard let last = described.max(by: { $0.level < $1.level }) else { continue }
      sizes[last.sharers] = last.bytes
    }
    return sizes.isEmpty ? nil : sizes.values.reduce(0, +)
  }

  private static func describe(
    _ folder: String
  ) -> (level: Int, sharers: String, bytes: Int)? {
    guard text(folder + "/type") != "Instruction",
      let level = text(folder + "/level").flatMap({ Int($0) }),
      let sharers = text(folder + "/shared_cpu_list"),
      let bytes = text(folder + "/size").flatMap(bytes(of:))
    else { return nil }
    return (level, sharers, bytes)
  }

  /// A size as the kernel writes it, such as `2048K`.
  private static func bytes(of text: String) -> Int? {
    guard let unit = text.last, let factor = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30][unit] else {
      return Int(text)
    }
    guard let bytes = Int(text.dropLast())?.multipliedReportingOverflow(by: factor) else {
      return nil
    }
    return bytes.overflow ? nil : bytes.partialValue
  }

  private static func number(of name: String, after prefix: String) -> Int? {
    name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
  }

  // As with `MachineFiles`, why something cannot be read is of no use: the size is not known then.
  private static func entries(of folder: String) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch { return [] }
  }

  private static func text(_ path: String) -> String? {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
        .trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      return nil
    }
  }
}
