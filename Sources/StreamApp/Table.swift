/// Rows of words in columns.
enum Table {
  /// Returns `rows`, each with a word for every column: the first `words` columns to the left, the others, which are
  /// numbers, to the right.
  static func text(_ rows: [[String]], words: Int = 1) -> String {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { index, word in
        let gap = String(repeating: " ", count: widths[index] - word.count)
        return index < words ? word + gap : gap + word
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
