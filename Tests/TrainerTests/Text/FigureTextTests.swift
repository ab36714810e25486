import Testing

@testable import Pages

@Suite("Figures as text")
struct FigureTextTests {
  @Test("have an exponent instead of hundreds of digits")
  func large() {
    #expect(FigureText.fixed(1e300, 4) == "1e+300")
    #expect(FigureText.fixed(-2.5e20, 2) == "-2.5e+20")
    #expect(FigureText.fixed(999_999_999_999_999, 1) == "999999999999999.0")
    #expect(FigureText.short(2e20) == "2e+20" && FigureText.short(1.5e120) == "1.5e+120")
  }

  @Test("of a loss have three significant digits instead of zeros alone")
  func loss() {
    #expect(FigureText.loss(0.53374) == "0.5337" && FigureText.loss(0.0001) == "0.0001")
    #expect(FigureText.loss(0.0000312) == "3.12e-05" && FigureText.loss(4e-9) == "4.00e-09")
    #expect(FigureText.loss(1.0013e-07) == "1.00e-07")
    #expect(FigureText.loss(0.0000312, decimals: 6) == "0.000031")
    #expect(FigureText.loss(0) == "0.0000" && FigureText.loss(.nan) == "–")
  }

  @Test("are a dash if they are not finite", arguments: [Double.nan, .infinity, -.infinity])
  func notFinite(value: Double) {
    #expect(FigureText.fixed(value, 2) == "–" && FigureText.short(value) == "–")
  }
}
