import Foundation
import Testing

@testable import Machine
@testable import Model
@testable import Parallel

@Suite("The machine's description")
struct MachineTests {
  static let name = MachineName(
    system: "Linux", host: "node7", release: "6.1.0-13-amd64", architecture: "x86_64")
  static let blas = MachineBLAS(version: "0.3.21", core: "SkylakeX", chosenBy: .corrected)

  @Test("all information of the system is included, and the record can be read back")
  func complete() throws {
    let files = MachineFiles(
      cpuInfo: "model name\t: Xeon Q\nflags\t\t: lm cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 "
        + "avx512_bf16 avx_vnni\n",
      memInfo: "MemTotal:       24684092 kB\nMemFree:  1 kB\nMemAvailable:   23269068 kB\n",
      osRelease: "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n")
    let usable = UsableCPUs.current()
    let machine = Machine(name: Self.name, files: files, usable: usable, openBLAS: Self.blas)
    #expect(machine.hostname == "node7")
    #expect(machine.kernel == "Linux 6.1.0-13-amd64")
    #expect(machine.system == "Debian GNU/Linux 12 (bookworm)")
    #expect(machine.cpu == "Xeon Q")
    #expect(machine.isa == "x86-64-v2")
    #expect(machine.extensions == ["avx_vnni", "avx512_bf16"])
    #expect(machine.memoryTotal == 24_684_092 * 1024)
    #expect(machine.memoryAvailable == 23_269_068 * 1024)
    #expect(machine.cores == usable.count)
    #expect(machine.coresReason == usable.reason)

    let json = try JSONEncoder().encode(machine)
    #expect(try JSONDecoder().decode(Machine.self, from: json) == machine)
    let text = String(decoding: json, as: UTF8.self)
    for key in [
      "cores_reason", "memory_total", "openblas", "instruction_set", "\"chosen_by\":\"corrected\"",
    ] {
      #expect(text.contains(key))
    }
  }

  @Test("unknown values are left out")
  func incomplete() {
    var name = Self.name
    name.architecture = "riscv64"
    let machine = Machine(
      name: name, files: MachineFiles(), usable: .current(), openBLAS: Self.blas)
    #expect(machine.isa == "riscv64")
    #expect(machine.cpu == nil)
    #expect(machine.system == nil)
    #expect(machine.memoryTotal == nil)
    #expect(machine.extensions.isEmpty)
  }

  @Test("os-release values come with and without quotes")
  func shellValues() {
    let text = "A=plain\nB='single'\nC=\"double\"\nD=\"open\nE=\nAB=no\n"
    #expect(MachineFiles.value(of: "A", inShell: text) == "plain")
    #expect(MachineFiles.value(of: "B", inShell: text) == "single")
    #expect(MachineFiles.value(of: "C", inShell: text) == "double")
    #expect(MachineFiles.value(of: "D", inShell: text) == nil)
    #expect(MachineFiles.value(of: "E", inShell: text) == "")
    #expect(MachineFiles.value(of: "F", inShell: text) == nil)
  }

  @Test("memory is read only in kB")
  func memory() {
    #expect(MachineFiles.bytes(of: "M", inMemInfo: "M: 2 kB") == 2048)
    for text in ["M: 2 MB", "M: x kB", "M: 2", "M: -2 kB", "MM: 2 kB", "M: \(UInt64.max) kB"] {
      #expect(MachineFiles.bytes(of: "M", inMemInfo: text) == nil)
    }
  }

  @Test("this machine describes itself")
  func thisMachine() {
    let machine = Machine.current()
    #expect(!machine.hostname.isEmpty)
    #expect(machine.kernel.hasPrefix("Linux "))
    #expect(machine.openBLAS == nil)
    #expect((machine.memoryTotal ?? 0) >= (machine.memoryAvailable ?? .max))
    #if arch(x86_64)
      #expect(machine.isa.hasPrefix("x86-64-v"))
    #endif
  }

  @Test("OpenBLAS is described where it computes, and so is the engine in words")
  func openBLAS() throws {
    let library = MachineBLAS.current(option: nil)
    #expect(library.core == OpenBLAS.coreName && library.version == OpenBLAS.version)
    var machine = Machine.current(openBLAS: Self.blas)
    machine.instructionSet = .v3
    #expect(machine.words(of: .openblas) == "OpenBLAS 0.3.21 SkylakeX")
    #expect(machine.words(of: .native) == "native engine (v3)")
    machine.openBLAS = nil
    let text = String(decoding: try JSONEncoder().encode(machine), as: UTF8.self)
    #expect(!text.contains("openblas"))
    #expect(try JSONDecoder().decode(Machine.self, from: Data(text.utf8)) == machine)
  }
}
