import Files
import Training

/// A link between machines, described by latency and bandwidth (Hockney 1994).
package struct NetworkLink: Codable, Sendable, Equatable {
  /// The bandwidth of each machine in each direction, in bytes per second.
  package let bytesPerSecond: Double
  /// The latency in seconds of an empty message.
  package let latency: Double

  private enum CodingKeys: String, CodingKey {
    case latency = "latency_seconds"
    case bytesPerSecond = "bytes_per_second"
  }

  /// Creates a link.
  ///
  /// - Parameters:
  ///   - gigabitsPerSecond: The bandwidth in 10^9 bits per second.
  ///   - latencyMicroseconds: The latency in microseconds.
  /// - Throws: ``TrainerError`` if the bandwidth is not from 10^-6 to 10^6, or the latency is not
  ///   from 0 to 10^9: no link is like that, and predictions could overflow.
  package init(gigabitsPerSecond: Double, latencyMicroseconds: Double) throws {
    guard (1e-6...1e6).contains(gigabitsPerSecond) else {
      throw TrainerError(
        .usage,
        "\(setting: "link-bandwidth") is \(gigabitsPerSecond); it must be from 0.000001 to 1000000, "
          + "in Gbit/s")
    }
    guard (0...1e9).contains(latencyMicroseconds) else {
      throw TrainerError(
        .usage,
        "\(setting: "link-latency") is \(latencyMicroseconds); it must be from 0 to 1000000000, in "
          + "microseconds")
    }
    bytesPerSecond = gigabitsPerSecond * 1e9 / 8
    latency = latencyMicroseconds * 1e-6
  }

  /// The time in seconds of an Allgather of small results by recursive doubling.
  ///
  /// - Parameters:
  ///   - bytes: The bytes of each machine.
  ///   - machines: The number R of machines.
  /// - Returns: The time of ⌈log2 R⌉ latencies and R - 1 times the bytes.
  func smallAllgather(bytes: Double, machines: Int) -> Double {
    let rounds = Int.bitWidth - (machines - 1).leadingZeroBitCount
    return latency * Double(rounds) + bytes * Double(machines - 1) / bytesPerSecond
  }

  /// The time in seconds in which every machine exchanges one part of a buffer with each other
  /// machine: a pairwise Alltoall, or a ring Allgather.
  ///
  /// - Parameters:
  ///   - bytes: The size of the whole buffer, of which each machine keeps one part.
  ///   - machines: The number R of machines.
  /// - Returns: The time of R - 1 messages of 1/R of the bytes each.
  func exchange(bytes: Double, machines: Int) -> Double {
    let messages = Double(machines - 1)
    return messages * (latency + bytes / Double(machines) / bytesPerSecond)
  }
}
