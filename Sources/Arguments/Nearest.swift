/// Returns the candidate nearest to `word`, case ignored; nil where none is near enough to have been meant.
///
/// Near enough is one mistake in three letters. Of equally near candidates the first is returned.
package func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
  let wanted = Array(word.lowercased())
  var best: (distance: Int, candidate: String)?
  for candidate in candidates {
    let letters = Array(candidate.lowercased())
    let limit = max(1, max(wanted.count, letters.count) / 3)
    // The difference in length is a lower bound: long words are not compared for nothing.
    guard abs(letters.count - wanted.count) <= limit else { continue }
    let distance = distance(wanted, letters)
    if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
  }
  return best?.candidate
}

/// Returns how many letters must be put in, left out, replaced or swapped with their neighbour to turn one word into
/// the other: the Damerau–Levenshtein distance, where no letter is touched twice.
func distance<Letter: Equatable>(_ one: [Letter], _ other: [Letter]) -> Int {
  // Row i holds the distances of the first i letters of `one` to every beginning of `other`.
  var (beforeLast, last) = ([Int](), Array(0...other.count))
  for i in one.indices {
    var row = [i + 1]
    for j in other.indices {
      var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (one[i] == other[j] ? 0 : 1))
      if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] { best = min(best, beforeLast[j - 1] + 1) }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[other.count]
}
