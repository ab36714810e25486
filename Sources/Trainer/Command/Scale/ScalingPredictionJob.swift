import ArgumentParser
import Files
import Model
import Scaling
import Training

/// Performs `trainer scale --from`: predictions from earlier measurements.
struct ScalingPredictionJob {
  let options: ScaleCommand

  func run() throws {
    try ScaleCommand.refuseOptions(
      but: [
        "simulate", "machines", "memory-bandwidth", "link-bandwidth", "link-latency", "output",
        "overwrite", "json", "quiet",
      ], with: "from")
    guard let from = options.from, options.simulation.simulate != nil else {
      throw TrainerError(.usage, "--from has no meaning without --simulate")
    }
    let targets = try options.simulation.targets
    let link = try options.simulation.link
    var result = try ScalingResult.read(path: from)
    guard let known = result.simulation else {
      throw TrainerError(
        .badData,
        "\(from): found no constants for predictions, expected an experiment whose --threads "
          + "include 1")
    }
    if let output = options.output {
      try OutputPath(option: "--output", path: output).requireNoDataset()
      try ScalingDirectory.check(path: output, overwrite: options.overwrite)
    }
    let (network, optimizer) = try trained(result)
    var machine = known.machine
    machine.givenMemoryBandwidth = try options.simulation.memoryBytesPerSecond
    result.simulation = try ScalingSimulation(
      series: result.series, mode: result.plan.mode, targets: targets, network: network,
      optimizer: optimizer, probe: known.network, machine: machine, link: link)
    let folders = try options.output.map {
      try ScalingDirectory.make(path: $0, overwrite: options.overwrite)
    }
    // Without a result, no empty directory stays.
    defer { folders?.removeIfEmpty() }
    try options.show(result)
  }

  /// The network and the optimizer of an experiment, from its settings.
  private func trained(_ result: ScalingResult) throws -> (Network, OptimizerKind) {
    func arguments(_ names: Set<String>) -> [String] {
      result.plan.settings.filter { names.contains($0.key) }.map {
        Setting($0.key, $0.value).argument
      }
    }
    var configuration = TrainingConfiguration(threads: 1)
    configuration.model = try ModelOptions.parse(arguments(ModelOptions.names)).modelDescription()
    try NetworkOptions.parse(arguments(NetworkOptions.names)).apply(to: &configuration)
    configuration.engine = result.engine
    let optimizer = try OptimizerOptions.parse(arguments(["optimizer"])).optimizer
    let architecture = try configuration.architecture(
      input: result.dataset.imageSize.shape, classCount: result.dataset.classes)
    return (Network(architecture, seed: 0, engine: configuration.engine), optimizer)
  }
}
