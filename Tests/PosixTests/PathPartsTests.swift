import Posix
import Testing

@Suite struct PathPartsTests {
  @Test(arguments: [
    ("photos/cat.jpg", "cat.jpg", "cat", ".jpg", "photos"), ("cat", "cat", "cat", "", "."),
    ("/a.tar.gz", "a.tar.gz", "a.tar", ".gz", "/"), ("a.d/.hidden", ".hidden", ".hidden", "", "a.d"),
    ("a/.b.c", ".b.c", ".b", ".c", "a"), ("a.", "a.", "a", ".", "."), ("net.d/", "net.d", "net", ".d", "net.d"),
    ("/", "/", "/", "", "/"), ("", "", "", "", "."),
  ])
  func aPathHasTheseParts(path: String, name: String, stem: String, ending: String, folder: String) {
    let parts = PathParts(path)
    #expect([parts.name, parts.stem, parts.ending, parts.folder] == [name, stem, ending, folder])
  }

  @Test func aFolderEndsInOneSlash() {
    #expect(["a", "a/", "/"].map { PathParts($0).prefix } == ["a/", "a/", "/"])
  }
}
