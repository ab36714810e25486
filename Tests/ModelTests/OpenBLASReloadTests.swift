import Glibc
import Parallel
import Testing

@testable import Model

@Suite("OpenBLAS, loaded again")
struct OpenBLASReloadTests {
  @Test("after a refusal is loaded by the next product, which does not call where it was before")
  func refused() async {
    // The limit is for a process alone.
    await #expect(processExitsWith: .success) {
      try OpenBLAS.load()
      let core = OpenBLAS.coreName
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      var limit = rlimit()
      try #require(getrlimit(resource, &limit) == 0)
      let usual = limit.rlim_cur
      limit.rlim_cur = 0
      try #require(setrlimit(resource, &limit) == 0)
      #expect(throws: SystemRefusal.self) { try OpenBLAS.load(core: core, origin: .option) }
      limit.rlim_cur = usual
      try #require(setrlimit(resource, &limit) == 0)
      // A call to where the library was would end the process.
      try #require(dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD) == nil)

      var product: [Float] = [0]
      BLAS.multiply(m: 1, n: 1, k: 1, [2], strideA: 1, [3], strideB: 1, into: &product, strideC: 1)
      #expect(product == [6])
    }
  }
}
