import Foundation
import Glibc
import TestSupport
import Testing

@Suite("A signal")
struct SignalTests {
  private let run: LongRun

  init() throws {
    run = try LongRun()
  }

  @Test(
    "stops a run between two steps with its own exit code, and the run goes on with the same bits",
    arguments: [(SIGTERM, 75, "SIGTERM"), (SIGUSR1, 75, "SIGUSR1"), (SIGINT, 130, "SIGINT")])
  func stops(signal: Int32, code: Int32, name: String) async throws {
    let first = try await run.stopped(by: signal)
    #expect(first.status == code, "\(first.output)")
    #expect(first.output.contains("stopped by \(name) after step "))
    #expect(first.output.contains("trainer --output run --resume"))
    let page = try run.folder.text("run/report.html")
    #expect(page.contains("<b>Stopped by \(name)</b>") && page.contains("--output run --resume"))
    #expect(!page.contains("http-equiv"))
    let last = try run.folder.text("run/metrics.jsonl").split(separator: "\n").last
    #expect(last?.contains("\"event\":\"stop\"") == true && last?.contains(name) == true)
    let (digest, unbroken) = try await run.digestsAfterResuming(["--threads", "3"])
    #expect(digest == unbroken && digest != nil)
  }

  @Test("that kills loses only what came after the last checkpoint")
  func kills() async throws {
    for threads in ["1", "3", "2"] {
      let part = try await run.stopped(
        by: SIGKILL, hasCheckpoint: threads == "2", ["--threads", threads])
      #expect(part.status == -SIGKILL)
    }
    let (digest, unbroken) = try await run.digestsAfterResuming()
    #expect(digest == unbroken && digest != nil)
    // Nothing is left of files that were being written.
    let names = try run.folder.names(in: "run") + run.folder.names(in: "run/checkpoints")
    #expect(!names.contains { $0.hasSuffix(".tmp") })
  }

  @Test("that a scheduler or a script repeats within a second counts once: nothing is lost")
  func repeated() async throws {
    let part = try await run.stopped(by: SIGTERM, then: [SIGTERM, SIGUSR1, SIGINT])
    #expect([75, 130].contains(part.status), "\(part.output)")
    // The kernel delivers those that wait by their number.
    #expect(part.output.contains(#/stopped by SIG(TERM|INT|USR1) after step /#))
    // The program as it was called, so that the line can be typed.
    #expect(part.output.contains("resume with: \(try Command.path()) --output run --resume\n"))
    let (digest, unbroken) = try await run.digestsAfterResuming()
    #expect(digest == unbroken && digest != nil)
  }

  @Test("ends with a line to resume by that has the files outside of the directory, and works")
  func repeatedOptions() async throws {
    let files = [
      "--save", "sv.st", "--metrics", "m 1.jsonl", "--prometheus", "a.prom", "--profile", "p.json",
      "--tensorboard", "tb",
      "--histogram-every", "50000",
    ]
    let part = try await run.stopped(by: SIGTERM, files + ["--threads", "1"])
    #expect(part.status == 75, "\(part.output)")
    #expect(try JSONObject.lines(run.folder.text("m 1.jsonl")).last?.event == "stop")
    // What the workers did before the signal.
    #expect(run.folder.exists("p.json"))
    let head = "resume with: "
    let line = try #require(part.lines.last { $0.hasPrefix(head) }).dropFirst(head.count)
    #expect(
      line.hasSuffix(
        "trainer --output run --resume --save sv.st --metrics 'm 1.jsonl' --prometheus a.prom "
          + "--profile p.json --tensorboard tb --histogram-every 50000"), "\(line)")
    let resumed = try await Command.run(
      [], in: run.folder, shell: "\(line) --quiet --steps \(try run.newestStep() + 200)")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(run.folder.exists("sv.st") && run.folder.exists("p.json"))
    let events = try JSONObject.lines(run.folder.text("m 1.jsonl")).map(\.event)
    #expect(events.contains("resume") && events.last == "end")
  }

  @Test("of the keyboard that comes twice ends the run at once, and the last checkpoint is whole")
  func twice() async throws {
    let part = try await run.stopped(by: SIGINT, then: [SIGINT])
    // Both may come before either is handled.
    #expect(part.status == -SIGINT || part.status == 130)
    let (digest, unbroken) = try await run.digestsAfterResuming()
    #expect(digest == unbroken && digest != nil)
  }

  @Test("that asks to end at once does so", arguments: [SIGQUIT, SIGABRT])
  func quits(signal: Int32) async throws {
    let part = try await run.stopped(by: signal)
    #expect(part.status == -signal)
    #expect(part.output.isEmpty)
  }

  @Test("ends a run that has waited for the reader of a pipe for 10 seconds")
  func blockedPipe() async throws {
    let pipe = run.folder.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    // Open at both ends, so that opening waits for nobody; nothing is read.
    let reader = open(pipe, O_RDWR | O_CLOEXEC)
    try #require(reader >= 0)
    defer { close(reader) }
    let process = try Command.process(
      run.arguments(["--output", "run", "--metrics", "pipe"]), home: run.folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // At once: hundreds of other commands wait for their turn.
    async let status = Command.finish(process, inTurn: false)
    let end = ContinuousClock.now + .seconds(600)
    // A pipe holds 16 pages, and a line is much shorter than one.
    var (count, before) = (Int32(0), Int32(-1))
    while count < 13 * 4096 || count != before {
      try #require(ContinuousClock.now < end)
      before = count
      try await Task.sleep(for: .seconds(3))
      try #require(ioctl(reader, UInt(FIONREAD), &count) == 0)
    }
    kill(process.processIdentifier, SIGTERM)
    #expect(try await status == -SIGTERM)
  }

  @Test("of a lost terminal does not end a run with a directory")
  func hangup() async throws {
    let process = try Command.process(
      run.arguments(["--output", "run", "--resume"]), home: run.folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    async let status = Command.finish(process)
    while !run.folder.exists("run/metrics.csv") { try await Task.sleep(for: .milliseconds(5)) }
    kill(process.processIdentifier, SIGHUP)
    try await Task.sleep(for: .milliseconds(50))
    kill(process.processIdentifier, SIGTERM)
    #expect(try await status == 75)
    #expect(try run.newestStep() > 0)
  }
}
