/// Runs the command line `arguments` (the program's name first) and returns the exit status.
public func run(_ arguments: [String]) -> Int32 { 0 }
