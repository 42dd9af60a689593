"""`ocpp-console completions SHELL`: the script by which a shell asks what to offer."""

from ocpp_console.shell.completing import ASKED, FILES
from ocpp_console.shell.declaring import Exit, Given

BASH = """\
# ocpp-console completions bash > ~/.local/share/bash-completion/completions/ocpp-console
_ocpp_console() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            @FILES@) compopt -o default ;;
            *=) compopt -o nospace; COMPREPLY+=("$line") ;;
            *) COMPREPLY+=("$line") ;;
        esac
    done < <("${COMP_WORDS[0]}" @ASKED@ bash "${COMP_LINE:0:COMP_POINT}" "${COMP_WORDS[COMP_CWORD]}" 2>/dev/null)
}
complete -F _ocpp_console ocpp-console
"""

ZSH = """\
#compdef ocpp-console
# ocpp-console completions zsh > a folder of $fpath, named _ocpp-console
_ocpp_console() {
    local line
    local -a words_said
    for line in "${(@f)$("${words[1]}" @ASKED@ zsh "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        case $line in
            "") ;;
            @FILES@*) _files ;;
            *) words_said+=("${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}") ;;
        esac
    done
    (( $#words_said )) && _describe ocpp-console words_said
}
compdef _ocpp_console ocpp-console
"""

FISH = """\
# ocpp-console completions fish > ~/.config/fish/completions/ocpp-console.fish
function __ocpp_console_said
    set -l typed (commandline -opc)
    for line in ($typed[1] @ASKED@ fish $typed[2..-1] (commandline -ct) 2>/dev/null)
        if string match -q '@FILES@*' -- $line
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c ocpp-console -f -a '(__ocpp_console_said)'
"""

POWERSHELL = """\
# ocpp-console completions powershell | Out-String | Invoke-Expression     (in your $PROFILE)
Register-ArgumentCompleter -Native -CommandName ocpp-console -ScriptBlock {
    param($typed, $command, $position)
    $words = @($command.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    $line = 'ocpp-console ' + ($words -join ' ')
    if ($typed -eq '') { $line += ' ' }
    ocpp-console @ASKED@ powershell $line 2>$null | ForEach-Object {
        $word, $about = $_ -split "`t", 2
        if ($word -ne '@FILES@') {
            if (-not $about) { $about = $word }
            [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $about)
        }
    }
}
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH, "powershell": POWERSHELL}


def run(given: Given) -> int:
    """Print the script."""
    print(SCRIPTS[given.shell].replace("@ASKED@", ASKED).replace("@FILES@", FILES), end="")
    return Exit.OK
