extension TestData {
  /// How many of a test's many equal cases stand for one that is tried: 1 in the build that is shipped, 5 in the slow
  /// debug build, which is made for the sanitizers.
  public static let portion: Int = {
    #if DEBUG
      5
    #else
      1
    #endif
  }()
}
