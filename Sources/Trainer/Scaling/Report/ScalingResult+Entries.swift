import Model
import Pages
import Parallel
import Runs
import Training

/// The names and values in the report of an experiment.
extension ScalingResult {
  /// The most important figures, shown at the top.
  var tiles: [Tile] {
    let mode = plan.mode
    let places = series.flatMap { series in series.points.indices.map { (series, $0) } }
    func note(_ place: (series: ScalingSeries, index: Int)) -> String {
      let point = place.series.points[place.index]
      let marks = place.series.marks(at: place.index).map(\.words)
      return ([point.configuration.label, place.series.title(mode: mode)] + marks)
        .joined(separator: "; ")
    }
    func point(_ place: (series: ScalingSeries, index: Int)) -> ScalingPoint {
      place.series.points[place.index]
    }
    var tiles: [Tile] = []
    if let best = places.max(by: {
      point($0).samplesPerSecond.median < point($1).samplesPerSecond.median
    }) {
      tiles.append(
        Tile(
          name: "Highest rate, samples/s",
          value: FigureText.count(point(best).samplesPerSecond.median), note: note(best)))
    }
    // The first point of a series has the speedup 1 by definition.
    let compared = places.filter { $0.1 > 0 }
    if let best = compared.max(by: { point($0).speedup.median < point($1).speedup.median }) {
      tiles.append(
        Tile(
          name: "Greatest speedup", value: FigureText.fixed(point(best).speedup.median, 2),
          note: note(best)))
    }
    return tiles + [
      Tile(name: "Configurations", value: FigureText.count(places.count)),
      Tile(name: "Repeats", value: FigureText.count(plan.repeats)),
    ]
  }

  /// The plan of the experiment, with every setting that all configurations share.
  var planEntries: [ReportEntry] {
    var entries = [
      ReportEntry("mode", plan.mode.rawValue), ReportEntry("repeats", "\(plan.repeats)"),
    ]
    if let seconds = plan.seconds { entries.append(ReportEntry("seconds", "\(seconds)")) }
    if let steps = plan.steps { entries.append(ReportEntry("steps", "\(steps)")) }
    entries.append(ReportEntry("pin", plan.pin.rawValue))
    return entries
      + plan.settings.sorted { $0.key < $1.key }.map { ReportEntry($0.key, $0.value.description) }
  }

  /// The trainer, the machine and the data set.
  var environmentEntries: [ReportEntry] {
    [ReportEntry("trainer", version), ReportEntry("started", created)] + machine.entries
      + [ReportEntry("topology", topology.summary)]
      + topology.guesses.map { ReportEntry("topology, guessed", $0) } + dataset.entries
  }

  /// The digests for every batch and shard size; one each if the result does not depend on workers.
  var digestEntries: [ReportEntry] {
    var entries: [ReportEntry] = []
    for point in series.flatMap(\.points) {
      let name = "batch \(point.configuration.batchSize), shard \(point.configuration.shardSize)"
      let entry = ReportEntry(name, point.digest)
      if !entries.contains(entry) { entries.append(entry) }
    }
    return entries
  }
}
