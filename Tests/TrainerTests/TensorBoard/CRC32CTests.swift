import Testing

@testable import TensorBoard

@Suite("CRC-32C")
struct CRC32CTests {
  @Test("has the value that its definition gives for the nine digits")
  func checkValue() {
    #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
    #expect(CRC32C.checksum([]) == 0)
  }

  @Test("has the values of RFC 3720, B.4")
  func examples() {
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
    #expect(CRC32C.checksum(Array(0..<32)) == 0x46dd_794e)
    #expect(CRC32C.checksum(Array((0..<32).reversed())) == 0x113f_db5c)
    var readCommand = [UInt8](repeating: 0, count: 48)
    for (place, byte) in [
      (0, 0x01), (1, 0xc0), (16, 0x14), (22, 0x04), (27, 0x14), (31, 0x18), (32, 0x28), (40, 0x02),
    ] as [(Int, UInt8)] {
      readCommand[place] = byte
    }
    #expect(CRC32C.checksum(readCommand) == 0xd996_3a56)
  }
}
