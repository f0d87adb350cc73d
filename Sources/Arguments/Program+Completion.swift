/// A shell for which completions are written.
package enum Shell: String, CaseIterable, Sendable { case bash, zsh }

extension Program {
  /// Returns a script that lets `shell` complete this program's command lines: sourced, or in the shell's folder of
  /// completions.
  package func completions(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    }
  }

  /// The script for bash; where it offers nothing, bash offers files.
  private var bash: String {
    """
    # Completions of \(name) for bash, made by `\(name) completions bash`.
    _\(name)() {
      local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
      # --name=VALUE is three words to bash.
      if [[ $word == = ]]; then word=; elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
      COMPREPLY=()
      case ${COMP_WORDS[COMP_CWORD > 1 ? 1 : 0]} in
    \(commands.map { "    \($0.name))\n\(bashCases(of: $0, words: []))\n      ;;" }.joined(separator: "\n"))
        *)
    \(bashCases(of: main, words: commands.map(\.name)))
      esac
    }
    complete -o default -F _\(name) \(name)

    """
  }

  /// What comes next in `command`, by the word before it; `words` may stand in its first place.
  private func bashCases(of command: Command, words: [String]) -> String {
    var lines = ["      case $before in"]
    let options = groups(of: command).flatMap(\.options)
    for option in options where option.placeholder != nil {
      let pattern = ["--\(option.name)"] + (option.letter.map { ["-\($0)"] } ?? [])
      let offer: String =
        switch option.completion {
        case .files: ""
        case .none: "compopt +o default; "
        case .words(let words): "\(bashOffer(words)); "
        }
      lines.append("        \(pattern.joined(separator: "|"))) \(offer)return ;;")
    }
    lines.append("      esac")
    if command.arguments.contains(where: { $0.completion == .files }) {
      lines.append("      [[ $word == -* ]] || return")
    }
    let places = command.arguments.flatMap { argument -> [String] in
      if case .words(let words) = argument.completion { words } else { [] }
    }
    lines.append("      \(bashOffer(words + places + options.map { "--\($0.name)" }))")
    return lines.joined(separator: "\n")
  }

  /// The command with which bash offers those of `words` that begin like the word on the line.
  private func bashOffer(_ words: [String]) -> String {
    "COMPREPLY=($(compgen -W '\(words.joined(separator: " "))' -- \"$word\"))"
  }

  /// The script for zsh: the body of a function that zsh loads when it first completes, or sourced.
  private var zsh: String {
    """
    #compdef \(name)
    # Completions of \(name) for zsh, made by `\(name) completions zsh`.
    _\(name)() {
      local command
      local -a commands=(
    \(commands.map { "    \(quoted("\(escaped($0.name)):\($0.summary)"))" }.joined(separator: "\n"))
      )
      (( CURRENT > 2 )) && command=$words[2]
      case $command in
    \(commands.map { "    \($0.name))\n\(zshArguments(of: $0, first: "'1: :'"))" }.joined(separator: "\n"))
        *)
    \(zshArguments(of: main, first: "'1:command:{_describe command commands}'"))
      esac
    }
    if [[ $funcstack[1] == _\(name) ]]; then _\(name) "$@"; else compdef _\(name) \(name); fi

    """
  }

  /// The call of zsh's `_arguments` with what `command` takes, `first` in the place of the command's name.
  private func zshArguments(of command: Command, first: String) -> String {
    let options = groups(of: command).flatMap(\.options).flatMap { option in
      let names = (option.letter.map { ["-\($0)"] } ?? []) + ["--\(option.name)\(option.placeholder == nil ? "" : "=")"]
      let alternatives = option.letter.map { "(-\($0) --\(option.name))" } ?? ""
      let value = option.placeholder.map { ":\(escaped($0)):\(zshAction(option.completion))" } ?? ""
      return names.map { quoted("\(option.isRepeatable ? "*" : alternatives)\($0)[\(escaped(option.help))]\(value)") }
    }
    let arguments = command.arguments.map { argument in
      quoted("\(argument.isRepeatable ? "*" : ""):\(escaped(argument.name)):\(zshAction(argument.completion))")
    }
    return "      _arguments \(([first] + options + arguments).joined(separator: " \\\n        ")) ;;"
  }

  /// What zsh does to complete a value.
  private func zshAction(_ completion: Completion) -> String {
    switch completion {
    case .none: " "
    case .files: "_files"
    case .words(let words): "(\(words.joined(separator: " ")))"
    }
  }

  /// `text` without what separates the parts of a specification of zsh's.
  private func escaped(_ text: String) -> String {
    text.map { "[]\\:".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// `text` as one word of a shell.
  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
