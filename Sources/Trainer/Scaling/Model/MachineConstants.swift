import Files
import Training

/// The constants of a machine for the cost model, from the probes of an experiment, by number of
/// workers.
///
/// Each function documents how its constant is extrapolated.
package struct MachineConstants: Codable, Sendable, Equatable {
  /// The number of CPUs that the process may use.
  package let cores: Int
  /// The size of the last-level caches in bytes; 0 if unknown.
  package let cacheBytes: Int
  /// The probes by number of workers, including one worker.
  package let probes: [Int: MachineProbe]
  /// The memory bandwidth in bytes per second of all cores of a given machine other than this one;
  /// nil for this one.
  package var givenMemoryBandwidth: Double?

  private enum CodingKeys: String, CodingKey {
    case cores, probes
    case cacheBytes = "cache_bytes"
    case givenMemoryBandwidth = "given_memory_bytes_per_second"
  }

  /// Creates constants from probes.
  ///
  /// - Parameters:
  ///   - probes: The probes by number of workers.
  ///   - cores: The number of CPUs that the process may use, at least 1.
  ///   - cacheBytes: The size of the last-level caches in bytes; 0 if unknown.
  /// - Throws: ``TrainerError`` if one worker was not probed, or a rate is not a positive number.
  package init(probes: [Int: MachineProbe], cores: Int, cacheBytes: Int) throws {
    guard probes[1] != nil else {
      throw TrainerError(
        .usage,
        "\(setting: "simulate") starts from measurements of 1 worker; \(setting: "threads") has "
          + "\(probes.keys.sorted().map(String.init).joined(separator: ","))")
    }
    for (workers, probe) in probes.sorted(by: { $0.key < $1.key }) {
      for (name, value) in [
        ("peak_gigaflops", probe.gigaflops ?? .nan), ("barrier_seconds", probe.barrierSeconds),
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

  /// Combines the probes of an experiment: medians, but the minimum of barrier times, since
  /// disturbances only add to them.
  ///
  /// - Parameters:
  ///   - series: The series of the experiment; points with several ranks are ignored.
  ///   - cores: The number of CPUs that the process may use, at least 1.
  ///   - cacheBytes: The size of the last-level caches in bytes; 0 if unknown.
  /// - Throws: As ``init(probes:cores:cacheBytes:)``.
  package init(series: [ScalingSeries], cores: Int, cacheBytes: Int) throws {
    let measurements = series.flatMap(\.points).flatMap(\.measurements)
      .filter { $0.configuration.ranks == 1 }
    let probes = Dictionary(grouping: measurements) {
      $0.configuration.threads
    }.mapValues { same in
      func median(_ figure: (MachineProbe) -> Double?) -> Double? {
        let values = same.compactMap { figure($0.probe) }
        return values.isEmpty ? nil : Bootstrap.median(of: values)
      }
      return MachineProbe(
        peakGigaflops: median(\.peakGigaflops), productGigaflops: median(\.productGigaflops),
        barrierSeconds: same.map(\.probe.barrierSeconds).reduce(.infinity, min),
        memoryBandwidth: Bootstrap.median(of: same.map(\.probe.memoryBandwidth)),
        lineTransferSeconds: median(\.lineTransferSeconds))
    }
    try self.init(probes: probes, cores: cores, cacheBytes: cacheBytes)
  }

  /// The probed numbers of workers with at least one core per worker, ascending.
  var ownCoreCounts: [Int] { probes.keys.filter { $0 <= cores }.sorted() }

  /// The slowdown of a worker when others compute too, since clocks fall and cores are shared.
  ///
  /// Interpolated linearly between measured counts; constant after the last one.
  ///
  /// - Parameter active: The number of cores that compute.
  /// - Returns: The rate of a single worker, divided by that of each of `active` workers; at least
  ///   1.
  func slowdown(active: Int) -> Double {
    let alone = gigaflops(1)
    func measured(_ workers: Int) -> Double {
      max(1, alone * Double(workers) / gigaflops(workers))
    }
    let (lower, upper) = neighbors(of: active)
    guard lower < upper, active < upper else { return measured(upper) }
    let position = Double(active - lower) / Double(upper - lower)
    return measured(lower) + position * (measured(upper) - measured(lower))
  }

  /// The time of a barrier.
  ///
  /// For a probed number of workers, it is the minimum over teams of that size or larger: a larger
  /// team is never faster, so a slower smaller team was disturbed. Otherwise it lies on the line
  /// through the neighboring counts with a core per worker, or on the extended line through the
  /// last two: workers update one word of memory one after another. It never decreases.
  ///
  /// - Parameter workers: The number of workers that meet.
  /// - Returns: The time in seconds.
  func barrierSeconds(workers: Int) -> Double {
    if probes[workers] != nil { return leastBarrierSeconds(from: workers) }
    let (lower, upper) = neighbors(of: workers)
    let (fewer, more) = (leastBarrierSeconds(from: lower), leastBarrierSeconds(from: upper))
    guard lower < upper else { return more }
    return fewer + (more - fewer) / Double(upper - lower) * Double(workers - lower)
  }

  private func leastBarrierSeconds(from workers: Int) -> Double {
    probes.reduce(.infinity) { $1.key < workers ? $0 : min($0, $1.value.barrierSeconds) }
  }

  /// The memory bandwidth, which saturates.
  ///
  /// b(c) = c b(1) / (1 + s (c - 1)), through the measurements of one worker and of the largest
  /// team with a core per worker; s is at least 0. A given bandwidth is the limit instead of s.
  ///
  /// - Parameter active: The number of cores that read and write.
  /// - Returns: The bandwidth in bytes per second.
  func memoryBandwidth(active: Int) -> Double {
    let alone = probe(1).memoryBandwidth
    if let givenMemoryBandwidth { return min(Double(active) * alone, givenMemoryBandwidth) }
    let most = ownCoreCounts[ownCoreCounts.count - 1]
    let saturation =
      most > 1
      ? max(0, (Double(most) * alone / probe(most).memoryBandwidth - 1) / Double(most - 1)) : 0
    return Double(active) * alone / (1 + saturation * Double(active - 1))
  }

  /// The time in which a core fetches a line that another core has written, and takes it back.
  ///
  /// It is the measurement with the largest team with a core per worker.
  ///
  /// - Parameter active: The number of cores that read and write.
  /// - Returns: The time in seconds; 0 for one core.
  func lineTransferSeconds(active: Int) -> Double {
    let most = ownCoreCounts[ownCoreCounts.count - 1]
    return active > 1 ? probe(most).lineTransferSeconds ?? 0 : 0
  }

  /// The two counts to interpolate between or to extrapolate from; equal if there is only one.
  private func neighbors(of workers: Int) -> (Int, Int) {
    let counts = ownCoreCounts
    guard counts.count > 1 else { return (counts[0], counts[0]) }
    let upper = counts.firstIndex { $0 >= workers } ?? counts.count - 1
    return (counts[max(upper, 1) - 1], counts[max(upper, 1)])
  }

  private func gigaflops(_ workers: Int) -> Double {
    guard let rate = probe(workers).gigaflops else {
      preconditionFailure("the probe of \(workers) workers has no rate")
    }
    return rate
  }

  private func probe(_ workers: Int) -> MachineProbe {
    guard let probe = probes[workers] else {
      preconditionFailure("\(workers) workers were not probed")
    }
    return probe
  }
}
