import Training

/// What the probes of an experiment say of the machine, by number of workers.
///
/// How each constant goes on beyond what was measured is stated where it is asked for.
package struct MachineConstants: Codable, Sendable, Equatable {
  /// CPUs that the process may use.
  package let cores: Int
  /// Bytes of the last-level caches.
  package let cacheBytes: Int
  /// Probes by workers, that of one among them.
  package let probes: [Int: MachineProbe]
  /// Bytes a second that memory gives all cores together, where a machine is known to be other than
  /// this one goes on; nil if not.
  package var givenMemoryBandwidth: Double?

  private enum CodingKeys: String, CodingKey {
    case cores, probes
    case cacheBytes = "cache_bytes"
    case givenMemoryBandwidth = "given_memory_bytes_per_second"
  }

  /// Takes probes as they are.
  ///
  /// - Parameters:
  ///   - probes: By workers.
  ///   - cores: CPUs that the process may use, at least 1.
  ///   - cacheBytes: Bytes of the last-level caches; 0 where not known.
  /// - Throws: ``TrainerError`` where one worker was not probed, or a rate is not a number above 0.
  package init(probes: [Int: MachineProbe], cores: Int, cacheBytes: Int) throws {
    guard probes[1] != nil else {
      throw TrainerError(
        .usage,
        "--simulate starts from measurements of 1 worker; --threads has "
          + probes.keys.sorted().map(String.init).joined(separator: ","))
    }
    for (workers, probe) in probes.sorted(by: { $0.key < $1.key }) {
      for (name, value) in [
        ("gemm_gigaflops", probe.gemmGigaflops), ("barrier_seconds", probe.barrierSeconds),
        ("memory_bytes_per_second", probe.memoryBandwidth),
      ] where !(value > 0) {
        throw TrainerError(
          .badData, "the probe of \(workers) workers has \(name) \(value), expected above 0")
      }
      if workers > 1, !((probe.lineTransferSeconds ?? -1) >= 0) {
        throw TrainerError(
          .badData,
          "the probe of \(workers) workers has line_transfer_seconds "
            + "\(probe.lineTransferSeconds.map { "\($0)" } ?? "null"), expected 0 or more")
      }
    }
    self.probes = probes
    self.cores = cores
    self.cacheBytes = cacheBytes
  }

  /// Puts the probes of an experiment's processes together: medians, and the least time of a barrier, as
  /// disturbances only add to it.
  ///
  /// - Parameters:
  ///   - series: The experiment; several processes at a time do not enter.
  ///   - cores: CPUs that the process may use, at least 1.
  ///   - cacheBytes: Bytes of the last-level caches; 0 where not known.
  /// - Throws: As ``init(probes:cores:cacheBytes:)``.
  package init(series: [ScalingSeries], cores: Int, cacheBytes: Int) throws {
    let measurements = series.flatMap(\.points).flatMap(\.measurements)
      .filter { $0.configuration.ranks == 1 }
    let probes = Dictionary(grouping: measurements) {
      $0.configuration.threads
    }.mapValues { same in
      func median(_ figure: (MachineProbe) -> Double) -> Double {
        Bootstrap.median(of: same.map { figure($0.probe) })
      }
      let transfers = same.compactMap(\.probe.lineTransferSeconds)
      return MachineProbe(
        gemmGigaflops: median(\.gemmGigaflops),
        barrierSeconds: same.map(\.probe.barrierSeconds).reduce(.infinity, min),
        memoryBandwidth: median(\.memoryBandwidth),
        lineTransferSeconds: transfers.isEmpty ? nil : Bootstrap.median(of: transfers))
    }
    try self.init(probes: probes, cores: cores, cacheBytes: cacheBytes)
  }

  /// The numbers of workers that were probed on a core each, in order.
  var ownCoreCounts: [Int] { probes.keys.filter { $0 <= cores }.sorted() }

  /// How much longer a worker computes beside others than alone: clocks fall, and caches are shared.
  ///
  /// On a line between measured counts; beyond the last as there.
  ///
  /// - Parameter active: Cores that compute.
  /// - Returns: The rate of one worker over that of each of so many; not under 1.
  func slowdown(active: Int) -> Double {
    let alone = probe(1).gemmGigaflops
    func measured(_ workers: Int) -> Double {
      max(1, alone * Double(workers) / probe(workers).gemmGigaflops)
    }
    let (lower, upper) = neighbours(of: active)
    guard lower < upper, active < upper else { return measured(upper) }
    let position = Double(active - lower) / Double(upper - lower)
    return measured(lower) + position * (measured(upper) - measured(lower))
  }

  /// The cost of a barrier.
  ///
  /// Where so many workers were probed, the least that they or more workers needed: a larger team is
  /// never faster, so a smaller one that was slower had been disturbed. Otherwise on the line through the
  /// neighbours that had a core each, and on through the last two of them: workers arrive one after the
  /// other at one word of memory. It never falls.
  ///
  /// - Parameter workers: How many meet.
  /// - Returns: Seconds.
  func barrierSeconds(workers: Int) -> Double {
    if probes[workers] != nil { return leastBarrierSeconds(from: workers) }
    let (lower, upper) = neighbours(of: workers)
    let (fewer, more) = (leastBarrierSeconds(from: lower), leastBarrierSeconds(from: upper))
    guard lower < upper else { return more }
    return fewer + (more - fewer) / Double(upper - lower) * Double(workers - lower)
  }

  private func leastBarrierSeconds(from workers: Int) -> Double {
    probes.reduce(.infinity) { $1.key < workers ? $0 : min($0, $1.value.barrierSeconds) }
  }

  /// The bandwidth of memory, which saturates.
  ///
  /// b(c) = c b(1) / (1 + s (c - 1)), through the measurements of one worker and of the most that had a
  /// core each; s is not under 0. Where a bandwidth is given it is the limit, in place of s.
  ///
  /// - Parameter active: Cores that read and write.
  /// - Returns: Bytes a second.
  func memoryBandwidth(active: Int) -> Double {
    let alone = probe(1).memoryBandwidth
    if let givenMemoryBandwidth { return min(Double(active) * alone, givenMemoryBandwidth) }
    let most = ownCoreCounts[ownCoreCounts.count - 1]
    let saturation =
      most > 1
      ? max(0, (Double(most) * alone / probe(most).memoryBandwidth - 1) / Double(most - 1)) : 0
    return Double(active) * alone / (1 + saturation * Double(active - 1))
  }

  /// What it costs a core to get a line that another has written, and to take it back.
  ///
  /// As measured with the most workers that had a core each.
  ///
  /// - Parameter active: Cores that read and write.
  /// - Returns: Seconds; 0 for one core.
  func lineTransferSeconds(active: Int) -> Double {
    let most = ownCoreCounts[ownCoreCounts.count - 1]
    return active > 1 ? probe(most).lineTransferSeconds ?? 0 : 0
  }

  /// The counts to interpolate between, or to go on from; the same twice where there is but one.
  private func neighbours(of workers: Int) -> (Int, Int) {
    let counts = ownCoreCounts
    guard counts.count > 1 else { return (counts[0], counts[0]) }
    let upper = counts.firstIndex { $0 >= workers } ?? counts.count - 1
    return (counts[max(upper, 1) - 1], counts[max(upper, 1)])
  }

  private func probe(_ workers: Int) -> MachineProbe {
    guard let probe = probes[workers] else {
      preconditionFailure("\(workers) workers were not probed")
    }
    return probe
  }
}
