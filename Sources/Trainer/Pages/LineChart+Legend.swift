extension LineChart {
  /// The legend of lines and marks; empty if a single line needs no name.
  var legend: [Markup] {
    var known: Set<LegendKey> = []
    let shown = lines.filter { known.insert($0.style.legend).inserted }
    let keys =
      lines.count > 1
      ? shown.map { Self.key($0.style.legend, $0.style.legend.name ?? $0.name) } : []
    let hollow = lines.first { $0.points.contains(where: \.isHollow) }?.style.mark
    return keys + (hollow.map { [Self.hollowKey($0, hollowName)] } ?? [])
  }

  private static func key(_ look: LegendKey, _ name: String) -> Markup {
    entry(name) {
      Markup("line", ["class": look.classes, "x1": "1", "y1": "4", "x2": "25", "y2": "4"])
      if let mark = look.mark {
        Markup("g", ["class": "marks \(look.classes)"]) { mark.markup(x: 13, y: 4) }
      }
    }
  }

  private static func hollowKey(_ mark: LineStyle.Mark, _ name: String) -> Markup {
    entry(name) {
      Markup("g", ["class": "marks ideal"]) { mark.markup(x: 13, y: 4, isHollow: true) }
    }
  }

  private static func entry(_ name: String, @MarkupBuilder swatch: () -> Markup) -> Markup {
    Markup("span", ["class": "key"]) {
      Markup("svg", ["class": "swatch", "viewBox": "0 0 26 8", "aria-hidden": "true"], swatch)
      name
    }
  }
}
