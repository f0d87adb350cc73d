/// A shell for which completions are written.
package enum Shell: String, CaseIterable, Sendable { case bash, zsh }

extension Program {
  /// Returns a script that, once sourced, lets `shell` complete this program's command lines.
  package func completions(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    }
  }

  /// The script for bash.
  private var bash: String {
    """
    _\(name)() {
      local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
      COMPREPLY=()
      case ${COMP_WORDS[1]} in
    \(commands.map { "    \($0.name))\n\(bashCases(of: $0, words: []))\n      ;;" }.joined(separator: "\n"))
        *)
    \(bashCases(of: main, words: commands.map(\.name)))
      esac
    }
    complete -o default -F _\(name) \(name)

    """
  }

  /// What comes next by the word before it; where nothing is offered, bash offers files.
  private func bashCases(of command: Command, words: [String]) -> String {
    var lines = ["      case $before in"]
    let options = groups(of: command).flatMap(\.options)
    for option in options where option.placeholder != nil {
      let pattern = ["--\(option.name)"] + (option.letter.map { ["-\($0)"] } ?? [])
      let offer: String =
        switch option.completion {
        case .files: ""
        case .none: "compopt +o default; "
        case .words(let words): "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$word\")); "
        }
      lines.append("        \(pattern.joined(separator: "|"))) \(offer)return ;;")
    }
    lines.append("      esac")
    let offers = words + options.map { "--\($0.name)" }
    lines.append("      COMPREPLY=($(compgen -W '\(offers.joined(separator: " "))' -- \"$word\"))")
    return lines.joined(separator: "\n")
  }

  /// The script for zsh.
  private var zsh: String {
    """
    #compdef \(name)
    _\(name)() {
      case $words[2] in
    \(commands.map { "    \($0.name)) _arguments '1:command:' \(zshSpecifications(of: $0)) ;;" }.joined(separator: "\n"))
        *) _arguments \(quoted("1:command:(\(commands.map(\.name).joined(separator: " ")))")) \
    \(zshSpecifications(of: main)) ;;
      esac
    }
    compdef _\(name) \(name)

    """
  }

  /// The options and arguments of `command` as `_arguments` of zsh wants them.
  private func zshSpecifications(of command: Command) -> String {
    let options = groups(of: command).flatMap(\.options).map { option in
      let star = option.isRepeatable ? "*" : ""
      let help = option.help.map { "[]\\:".contains($0) ? "\\\($0)" : String($0) }.joined()
      let value = option.placeholder.map { ":\($0):\(zshAction(option.completion))" } ?? ""
      return quoted("\(star)--\(option.name)\(option.placeholder == nil ? "" : "=")[\(help)]\(value)")
    }
    let arguments = command.arguments.map { argument in
      quoted("\(argument.isRepeatable ? "*" : ""):\(argument.name):\(zshAction(argument.completion))")
    }
    return (options + arguments).joined(separator: " ")
  }

  /// What zsh does to complete a value.
  private func zshAction(_ completion: Completion) -> String {
    switch completion {
    case .none: " "
    case .files: "_files"
    case .words(let words): "(\(words.joined(separator: " ")))"
    }
  }

  /// `text` as one word of a shell.
  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
