import Pages

/// The measured constants of the cost model, as tables.
struct ModelConstants: Sendable {
  let simulation: ScalingSimulation

  /// The tables.
  var markup: Markup {
    Markup("div") {
      Markup("h3") { "Probes of the machine, medians" }
      probes.markup
      Markup("h3") { "The network's products on one thread" }
      products.markup
      Markup("p", ["class": "note"]) { sentence }
    }
  }

  private var probes: FigureTable {
    FigureTable(
      label: "Probes of the machine",
      columns: ["workers", "FMA peak, GFLOP/s", "barrier, µs", "memory, GB/s", "shared line, ns"],
      rows: simulation.machine.probes.sorted { $0.key < $1.key }.map { workers, probe in
        [
          "\(workers)", probe.peakGigaflops.map { FigureText.fixed($0, 1) } ?? "–",
          FigureText.fixed(probe.barrierSeconds * 1e6, 2),
          FigureText.fixed(probe.memoryBandwidth / 1e9, 1),
          probe.lineTransferSeconds.map { FigureText.fixed($0 * 1e9, 2) } ?? "–",
        ]
      })
  }

  private var products: FigureTable {
    FigureTable(
      label: "The network's products by shard size",
      columns: [
        "shard", "forward, µs/sample", "input gradients, µs/sample",
        "weight gradients, µs/sample",
      ],
      rows: simulation.network.products.sorted { $0.key < $1.key }.map { shard, products in
        [
          "\(shard)", FigureText.fixed(products.forward * 1e6, 3),
          FigureText.fixed(products.inputGradients * 1e6, 3),
          FigureText.fixed(products.weightGradients * 1e6, 3),
        ]
      }, isWide: true)
  }

  private var sentence: String {
    let machine = simulation.machine
    let caches =
      machine.cacheBytes > 0
      ? "\(FigureText.fixed(Double(machine.cacheBytes) / 0x1p20, 1)) MiB of last-level caches"
      : "caches of unknown size"
    let link =
      simulation.link.map {
        " Machines are joined by links of \(FigureText.short($0.bytesPerSecond * 8 / 1e9)) Gbit/s "
          + "and \(FigureText.short($0.latency * 1e6)) µs."
      } ?? ""
    let memory =
      machine.givenMemoryBandwidth.map {
        " Memory bandwidth of the predicted machines: \(FigureText.short($0 / 1e9)) GB/s, as given."
      } ?? ""
    return "One thread updates all parameters in "
      + "\(FigureText.fixed(simulation.network.optimizerSeconds * 1e6, 1)) µs. "
      + "\(machine.cores) usable CPUs, \(caches).\(memory)\(link)"
  }
}
