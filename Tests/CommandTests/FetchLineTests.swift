import Foundation
import TestSupport
import Testing

@Suite("The progress line of a fetch")
struct FetchLineTests {
  @Test(
    "is drawn at most ten times a second, and ended by Ctrl-C and other signals",
    arguments: [SIGINT, SIGTERM])
  func interrupted(signal: Int32) async throws {
    let folder = try TemporaryFolder()
    let server = try LoopbackServer([
      "/train-images-idx3-ubyte.gz": .init(
        body: [UInt8](repeating: 1, count: 10_000), staysOpen: true, pause: 0.005)
    ])
    let terminal = try PseudoTerminal()
    let process = try Command.process(
      ["data", "fetch", "mnist", "--mirror", server.address, "--directory", "fetched"],
      environment: ["TERM": "xterm", "no_proxy": "127.0.0.1"], home: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = terminal.commandSide
    async let status = Command.finish(process)
    while server.connectionCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
    let start = ContinuousClock.now
    try await Task.sleep(for: .seconds(1))
    kill(process.processIdentifier, signal)
    #expect(try await status == -signal)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let shown = try terminal.readAll()
    let lines = shown.components(separatedBy: "\r\u{1B}[K").count - 1
    #expect(lines > 0 && Double(lines) <= 10 * seconds + 3, "\(shown)")
    #expect(shown.utf8.last == UInt8(ascii: "\n"), "\(shown)")
  }
}
