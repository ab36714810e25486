import TestSupport
import Testing

@Suite("A proxy of the environment")
struct ProxyTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What a fetch from a host that does not exist tells.
  private func errors(scheme: String, proxy: String) async throws -> String {
    let result = try await Command.run(
      ["data", "fetch", "mnist", "--mirror", "\(scheme)://mirror.invalid", "--directory", "new"],
      environment: ["\(scheme)_proxy": proxy, "no_proxy": "", "NO_PROXY": ""], in: folder)
    #expect(result.status == 74)
    #expect(!folder.exists("new"))
    return result.errors
  }

  @Test(
    "whose address libcurl does not understand is named by its variable, without its password",
    arguments: [
      "http://user:\(String(repeating: "secret", count: 60))@127.0.0.1:99999",
      "http://user:secret%40127.0.0.1:99999", "http://user:secret", "user:secret",
      "ftp://user:secret@127.0.0.1",
    ])
  func password(proxy: String) async throws {
    let text = try await errors(scheme: "http", proxy: proxy)
    #expect(text.contains("does not understand the address of a proxy in http_proxy"), "\(text)")
    #expect(!text.contains("secret"), "\(text)")
  }

  @Test("that refuses a tunnel is named with its status, though its answer never ends")
  func tunnel() async throws {
    let server = try LoopbackServer([
      "mirror.invalid:443": .init(
        status: "407 Proxy Authentication Required", body: [1], announced: "1000000",
        headers: ["Proxy-Authenticate: Basic realm=\"x\""], staysOpen: true)
    ])
    let text = try await errors(scheme: "https", proxy: server.address)
    #expect(
      text.contains("the proxy: expected HTTP status 200, found 407: a password is asked for"),
      "\(text)")
  }
}
