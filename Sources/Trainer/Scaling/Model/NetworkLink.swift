import Training

/// What joins machines, as a message sees it: a latency and a bandwidth (Hockney 1994).
package struct NetworkLink: Codable, Sendable, Equatable {
  /// Bytes a second of each machine, in each direction.
  package let bytesPerSecond: Double
  /// Seconds of a message without content.
  package let latency: Double

  private enum CodingKeys: String, CodingKey {
    case latency = "latency_seconds"
    case bytesPerSecond = "bytes_per_second"
  }

  /// Describes a link.
  ///
  /// - Parameters:
  ///   - gigabitsPerSecond: `--link-bandwidth`: 10^9 bits a second.
  ///   - latencyMicroseconds: `--link-latency`.
  /// - Throws: ``TrainerError`` where the bandwidth is not finite and above 0, or the latency not finite
  ///   from 0 on.
  package init(gigabitsPerSecond: Double, latencyMicroseconds: Double) throws {
    guard gigabitsPerSecond > 0, gigabitsPerSecond.isFinite else {
      throw TrainerError(
        .usage,
        "--link-bandwidth is \(gigabitsPerSecond); it has to be a finite number above 0, in Gbit/s")
    }
    guard latencyMicroseconds >= 0, latencyMicroseconds.isFinite else {
      throw TrainerError(
        .usage,
        "--link-latency is \(latencyMicroseconds); it has to be a finite number from 0 on, in "
          + "microseconds")
    }
    bytesPerSecond = gigabitsPerSecond * 1e9 / 8
    latency = latencyMicroseconds * 1e-6
  }

  /// Seconds in which every machine gets a small result from every other: recursive doubling.
  ///
  /// - Parameters:
  ///   - bytes: What each machine has.
  ///   - machines: How many.
  /// - Returns: log2(R) messages, rounded up, and R - 1 times the bytes.
  func smallAllgather(bytes: Double, machines: Int) -> Double {
    let rounds = Int.bitWidth - (machines - 1).leadingZeroBitCount
    return latency * Double(rounds) + bytes * Double(machines - 1) / bytesPerSecond
  }

  /// Seconds in which every machine sends a part of a buffer to each other one, or gets one: a pairwise
  /// Alltoall, or an Allgather round a ring.
  ///
  /// - Parameters:
  ///   - bytes: The whole buffer, of which a machine keeps one part.
  ///   - machines: How many.
  /// - Returns: R - 1 messages of an R-th of the bytes.
  func exchange(bytes: Double, machines: Int) -> Double {
    let messages = Double(machines - 1)
    return messages * (latency + bytes / Double(machines) / bytesPerSecond)
  }
}
