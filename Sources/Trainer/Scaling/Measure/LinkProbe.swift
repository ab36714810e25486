import Parallel

/// The measured cost of messages between ranks.
package struct LinkProbe: Codable, Sendable, Equatable {
  /// An exchange in which every rank sends data to every other rank.
  package struct Exchange: Codable, Sendable, Equatable {
    /// The number of bytes that each rank sends to each other rank.
    package var bytes: Int
    /// The time in seconds until all ranks have received everything.
    package var seconds: Double
  }

  /// The number of processes.
  package var ranks: Int
  /// The time in seconds of a message of 8 bytes, one way, between the first and the last rank.
  package var latency: Double
  /// The rate of a message of 16 MiB between them, in bytes per second.
  package var bytesPerSecond: Double
  /// All-to-all exchanges, from small to large.
  package var allToAll: [Exchange]

  private enum CodingKeys: String, CodingKey {
    case ranks
    case latency = "latency_seconds"
    case bytesPerSecond = "bytes_per_second"
    case allToAll = "all_to_all"
  }

  private static let smallBytes = 8
  private static let largeBytes = 16 << 20
  private static let exchangeBytes = [1 << 10, 1 << 13, 1 << 16, 1 << 19, 1 << 22]
  private static let batches = 15
  private static let batchSeconds = 5e-3
  private static let greatestCount = 1_000

  /// Sends messages back and forth between the first and the last rank, then between all ranks;
  /// collective.
  ///
  /// The last rank is on another machine, if the ranks use several.
  ///
  /// - Parameter communicator: At least two ranks.
  /// - Returns: Medians over batches, by rank 0's clock.
  package static func measure(_ communicator: any Communicator) -> LinkProbe {
    let size = communicator.size
    precondition(size >= 2, "messages go between ranks")
    let last = size - 1
    func pingPong(_ bytes: Int) -> Double {
      let buffer = AlignedBuffer<UInt8>(count: bytes)
      buffer.elements.update(repeating: 1)
      return seconds(communicator) {
        communicator.send(buffer.pointer, count: bytes, from: 0, to: last)
        communicator.send(buffer.pointer, count: bytes, from: last, to: 0)
      } / 2
    }
    let large = pingPong(largeBytes)
    return LinkProbe(
      ranks: size, latency: pingPong(smallBytes),
      bytesPerSecond: Double(largeBytes) / large,
      allToAll: exchangeBytes.map { bytes in
        let sent = AlignedBuffer<UInt8>(count: size * bytes)
        let received = AlignedBuffer<UInt8>(count: size * bytes)
        sent.elements.update(repeating: 1)
        received.elements.update(repeating: 0)
        let parts = (0..<size).map { RankPart(offset: $0 * bytes, count: bytes) }
        return Exchange(
          bytes: bytes,
          seconds: seconds(communicator) {
            communicator.allToAll(
              sent.pointer, sendParts: parts, into: received.pointer, receiveParts: parts)
          })
      })
  }

  /// The median time of one call over batches; the first batch is not timed.
  private static func seconds(_ communicator: any Communicator, _ body: () -> Void) -> Double {
    func batch(_ count: Int) -> Double {
      communicator.meet()
      let start = ContinuousClock.now
      for _ in 0..<count { body() }
      return (ContinuousClock.now - start) / .seconds(1) / Double(count)
    }
    let trial = batch(3)
    // All ranks must use the same number. It is rank 0's, which takes part in every message.
    let wanted = min(max(batchSeconds / max(trial, 1e-9), 1), Double(greatestCount))
    let count = Int(communicator.gather([wanted])[0][0])
    return Bootstrap.median(of: (0..<batches).map { _ in batch(count) })
  }
}
