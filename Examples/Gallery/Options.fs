/// What the command line says.
module Functional.Examples.Options

open Argu

/// What `run` takes.
[<RequireQualifiedAccess>]
type RunOption =
    | [<MainCommand; Unique>] Name of name: string
    | [<Unique>] Seed of number: int
    | [<Unique>] Epochs of count: int
    | [<Unique>] Optimizer of name: string
    | [<Unique>] Data of folder: string
    | [<Unique>] Out of folder: string
    | Quick
    | Json
    | [<CustomCommandLine "--csharp">] CSharp

    interface IArgParserTemplate with
        member option.Usage =
            match option with
            | Name _ -> "the system to run, as `list` names it (default lenet)"
            | Seed _ -> "the seed of everything random (default 1)"
            | Epochs _ -> "how often to go through the training set"
            | Optimizer _ -> "mlp: sgd, momentum, adagrad, rmsprop or adam (default adam)"
            | Data _ -> "a folder that holds mnist/, or the four files of MNIST"
            | Out _ -> "write an HTML report into this folder (default ./report when nothing is asked for)"
            | Quick -> "a few seconds' worth of it, on fewer samples"
            | Json -> "print one JSON object, everything else on standard error"
            | CSharp -> "run the twin that is written in C#"

/// What `all` takes.
[<RequireQualifiedAccess>]
type AllOption =
    | [<Unique>] Seed of number: int
    | [<Unique>] Data of folder: string
    | [<Unique>] Out of folder: string
    | Quick
    | Json

    interface IArgParserTemplate with
        member option.Usage =
            match option with
            | Seed _ -> "the seed of everything random (default 1)"
            | Data _ -> "a folder that holds mnist/, or the four files of MNIST"
            | Out _ -> "write an HTML report of each system into this folder"
            | Quick -> "a few seconds' worth of each, on fewer samples"
            | Json -> "print a JSON object for each run, everything else on standard error"

/// The commands.
[<RequireQualifiedAccess>]
type Command =
    | [<CliPrefix(CliPrefix.None); SubCommand>] List
    | [<CliPrefix(CliPrefix.None)>] Run of ParseResults<RunOption>
    | [<CliPrefix(CliPrefix.None)>] All of ParseResults<AllOption>

    interface IArgParserTemplate with
        member command.Usage =
            match command with
            | List -> "print a line for each system"
            | Run _ -> "run one system; what happens when no command is given"
            | All _ -> "run every system in both languages, and compare their metrics"

/// The command that the arguments give; options alone are those of `run`.
let parse (arguments: string[]) : ParseResults<Command> =
    let parser = ArgumentParser.Create<Command>(programName = "Functional.Examples")

    match Array.tryHead arguments with
    | None -> parser.ParseCommandLine [| "run" |]
    | Some "--help" -> parser.ParseCommandLine arguments
    | Some first when first.StartsWith '-' -> parser.ParseCommandLine(Array.append [| "run" |] arguments)
    | Some _ -> parser.ParseCommandLine arguments
