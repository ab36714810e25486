import Testing

@testable import Machine
@testable import Model
@testable import Scaling

@Suite("An experiment on a terminal")
struct ScalingTableTests {
  @Test("has the setup, figures, a chart, fits and findings")
  func lines() throws {
    var sample = ScalingSample(hasFits: true)
    sample.findings = [.init(.note, "No quota."), .init(.warning, "Others computed too.")]
    let lines = ScalingTable(try sample.result(), usesBlocks: true).lines
    #expect(
      lines == [
        "Strong scaling: 5 repeats of 10 s, workers not bound",
        "data: mnist, 60000 images of 28x28; network: 784-512-256-10, 535818 parameters",
        "machine: node1, Example 9000, x86-64-v4, OpenBLAS 0.3.21 SkylakeX",
        "4 CPUs on 2 cores, 1 last-level cache, 1 NUMA node, 1 package",
        "",
        "batch 512, shard 64",
        "threads  samples/s           95 %  speedup   effi-    serial    FMA",
        "                         interval           ciency  fraction   peak",
        "      1      50000    49500-50500     1.00  100.0%         -  60.0%",
        "      2      90909    90000-91818     1.82   90.9%     0.100  54.5%",
        "      4     153846  152308-155385     3.08   76.9%     0.100  46.2%  c",
        "c: more workers than physical cores, so that some share one.",
        "",
        "speedup over 1 worker; │ ideal",
        "1  █████████████████▌│                                                      1.00",
        "2  ███████████████████████████████▉   │                                     1.82",
        "4  █████████████████████████████████████████████████████▉                │  3.08",
        "Amdahl's law: serial fraction 0.1000, speedup at most 10.0; residuals by workers",
        "  1: -1.0%, 2: 0.0%, 4: +1.0%",
        "Universal Scalability Law: 50000 samples/s of one worker, contention 0.1000,",
        "  coherency 0.001000, predicted to be fastest with 30 workers; residuals by",
        "  workers 1: -1.0%, 2: 0.0%, 4: +1.0%",
        "",
        "warning: Others computed too.",
        "note: No quota.",
      ])
  }

  @Test("names the native engine if it computed, and a dash if the FMA peak was not measured")
  func nativeEngine() throws {
    var result = try ScalingSample().result()
    result.plan.settings["engine"] = .text("native")
    result.machine.instructionSet = .v4
    result.machine.openBLAS = nil
    result.series[0].points[0].peakShare = nil
    let lines = ScalingTable(result, usesBlocks: true).lines
    #expect(lines[2] == "machine: node1, Example 9000, x86-64-v4, native engine (v4)")
    let first = try #require(lines.first { $0.hasPrefix("      1      50000") })
    #expect(first.hasSuffix("         -      -"))
    #expect(!ScalingReport.render(result).contains("OpenBLAS"))
  }

  @Test("marks a share above the FMA peak, which only a disturbed peak can give")
  func abovePeak() throws {
    var result = try ScalingSample().result()
    result.series[0].points[0].peakShare = Estimate(median: 1.145)
    let lines = ScalingTable(result, usesBlocks: true).lines
    let first = try #require(lines.first { $0.hasPrefix("      1      50000") })
    #expect(first.hasSuffix(" 114.5%  ?"), "\(first)")
    #expect(lines.contains { $0.hasPrefix("?: more than the FMA peak, which is impossible") })
    #expect(lines.allSatisfy { $0.count <= 80 })
    #expect(ScalingReport.render(result).contains("?: more than the FMA peak"))
  }

  @Test("does not show the model if no other machine was requested")
  func noPredictions() throws {
    var sample = ScalingSample(threads: [1, 2])
    sample.predictedCores = []
    let result = try sample.result()
    #expect(result.simulation?.validations.isEmpty == false)
    #expect(!ScalingTable(result, usesBlocks: true).lines.contains { $0.contains("PREDICTED") })
    #expect(!ScalingReport.render(result).contains("Predicted"))
  }

  @Test("is ASCII if the terminal has no block elements")
  func ascii() throws {
    var sample = ScalingSample(threads: [1, 2, 4, 8], hasFits: true)
    sample.predictedCores = [8, 16]
    let lines = ScalingTable(try sample.result(), usesBlocks: false).lines
    #expect(lines.allSatisfy { $0.allSatisfy(\.isASCII) })
    #expect(lines.contains("speedup over 1 worker; | ideal, > ideal beyond the chart"))
    #expect(lines.contains { $0.hasPrefix("8  ######") && $0.contains(">  ") })
  }

  @Test("marks points that show no difference to the previous one, and explains marks")
  func marks() throws {
    let sample = ScalingSample(threads: [1, 2, 4, 8], cpus: 4)
    let lines = ScalingTable(try sample.result(), usesBlocks: true).lines
    let row = try #require(lines.first { $0.hasPrefix("      8  ") })
    #expect(row.hasSuffix("  o"))
    let noisy = ScalingSample(threads: [1, 2, 4, 8], cpus: 4, spread: 0.04)
    let text = ScalingTable(try noisy.result(), usesBlocks: true).lines
    #expect(text.contains { $0.hasPrefix("      8  ") && $0.hasSuffix("  o = 4") })
    #expect(text.contains { $0.hasPrefix("= N: the interval overlaps that of N workers") })
    let few = ScalingTable(try ScalingSample(repeats: 2).result(), usesBlocks: true).lines
    #expect(few.contains { $0.hasPrefix("      2      90909         -  ") && $0.hasSuffix("= 1") })
  }

  @Test("has the batch in weak scaling, ranks if there are several, large rates in thousands")
  func columns() throws {
    var result = try ScalingSample(mode: .weak, threads: [1, 2]).result()
    #expect(ScalingTable(result, usesBlocks: true).lines[5] == "batch 512 per worker, shard 64")
    #expect(
      ScalingTable(result, usesBlocks: true).lines.contains { $0.hasPrefix("      2   1024 ") })
    result.series[0].points[1].configuration.ranks = 2
    result.series[0].points[1].samplesPerSecond.high = 1_234_567
    let lines = ScalingTable(result, usesBlocks: true).lines
    #expect(lines[6].hasPrefix("threads  ranks  batch       1000  "))
    #expect(lines.contains { $0.contains("-1234.6 ") })
  }

  @Test("is no wider than 80 columns", arguments: [1, 128])
  func width(most: Int) throws {
    let threads = (0...7).map { 1 << $0 }.filter { $0 <= most }
    for mode in ScalingMode.allCases {
      var sample = ScalingSample(mode: mode, threads: threads, cpus: 64, batches: [512, 4096])
      sample.hasFits = true
      sample.rate = 99_000
      sample.spread = 0.3
      sample.predictedCores = [128, 1024]
      sample.findings = [.init(.warning, String(repeating: "many words ", count: 30))]
      var result = try sample.result()
      result.series[1].points[0].configuration.ranks = 4
      for usesBlocks in [false, true] {
        for line in ScalingTable(result, usesBlocks: usesBlocks).lines {
          #expect(line.count <= 80, "\(line)")
        }
      }
    }
  }

  @Test("shows predictions separately, below the measurements")
  func simulation() throws {
    let result = try ScalingSample(threads: [1, 2], predictedCores: [8]).result()
    let lines = ScalingTable(result, usesBlocks: true).lines
    let start = try #require(lines.firstIndex(of: "PREDICTED, NOT MEASURED"))
    #expect(
      Array(lines[start...]) == [
        "PREDICTED, NOT MEASURED",
        "The cost model, from the probes and the first point of a series, at the other",
        "  points:",
        "threads  batch  shard   measured  predicted   error",
        "                       samples/s  samples/s",
        "      2    512     64      90909      92727  +2.0 %",
        "Predicted for other machines:",
        "machines    cores  batch  shard  predicted  ms/step  most of it",
        "          of each                samples/s",
        "       1        8    512     64     344828    1.485  forward 70%",
        "       4        8    512     64     975610    0.525  forward 70%",
      ])
    let measured = ScalingTable(try ScalingSample().result(), usesBlocks: true).lines
    #expect(!measured.contains { $0.lowercased().contains("predicted") })
  }

  @Test("marks unreliable predictions, with the reasons")
  func doubts() throws {
    var result = try ScalingSample(threads: [1, 2], predictedCores: [8]).result()
    result.simulation?.predictions[0].doubts = ["others were busy", "the model is off"]
    result.simulation?.validations[0].doubts = ["others were busy"]
    let lines = ScalingTable(result, usesBlocks: true).lines
    let start = try #require(lines.firstIndex { $0.hasPrefix("threads  batch") })
    #expect(
      Array(lines[start...]) == [
        "threads  batch  shard   measured  predicted      error",
        "                       samples/s  samples/s",
        "      2    512     64      90909      92727  ?  +2.0 %",
        "Predicted for other machines:",
        "machines    cores  batch  shard  predicted     ms/step  most of it",
        "          of each                samples/s",
        "       1        8    512     64     344828  ?    1.485  forward 70%",
        "       4        8    512     64     975610       0.525  forward 70%",
        "?: unreliable: others were busy; the model is off.",
      ])
  }

  @Test("lets no name control the terminal")
  func controlCharacters() throws {
    var result = try ScalingSample().result()
    result.machine.hostname = "red\u{1B}[31m"
    result.findings = [.init(.warning, "a\u{7}b\u{202E}c")]
    let text = ScalingTable(result, usesBlocks: true).lines.joined(separator: "\n")
    #expect(!text.contains("\u{1B}") && !text.contains("\u{7}") && !text.contains("\u{202E}"))
    #expect(text.contains("warning: a\u{FFFD}b\u{FFFD}c"))
  }
}
