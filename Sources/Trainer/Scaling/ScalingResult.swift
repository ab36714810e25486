import Machine
import Parallel
import Training

/// The content of `scaling.json`: an experiment, its conditions and its results.
package struct ScalingResult: Codable, Sendable, Equatable {
  static let format = "trainer scaling"

  var format = Self.format
  var formatVersion = 1
  /// The trainer's version.
  package var version = TrainerVersion.current
  /// The time when the experiment began, in UTC.
  package var created: String
  /// The command line, as words.
  package var command: [String]
  /// The plan of the experiment.
  package var plan: ScalingPlan
  /// The data set.
  package var dataset: DatasetRecord
  /// The number of parameters of the network.
  package var parameters: Int
  /// The machine.
  package var machine: Machine
  /// The processors of the machine.
  package var topology: CPUTopology
  /// The findings about the machine and the figures.
  package var findings: [ScalingFinding]
  /// The measured series.
  package var series: [ScalingSeries]
  /// The predictions of the cost model, if they were requested.
  package var simulation: ScalingSimulation?

  private enum CodingKeys: String, CodingKey {
    case format, version, created, command, plan, dataset, parameters, machine, topology, findings,
      series, simulation
    case formatVersion = "format_version"
  }
}
