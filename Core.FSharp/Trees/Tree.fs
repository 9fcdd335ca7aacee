namespace Functional

open System

/// A tree with named branches. Parameters, layer state, optimizer memory, chains and gradients are all trees.
[<CustomEquality; NoComparison>]
type Tree<[<EqualityConditionalOn>] 'a> =
    /// A value.
    | Leaf of 'a
    /// Named branches, in order; names are distinct.
    | Node of (string * Tree<'a>) list

    // As F# writes them, but for a look at the stack.
    override tree.Equals(other: objnull) =
        FSharp.Nesting.guard "Tree" "branches"

        match tree, other with
        | Leaf x, (:? Tree<'a> as other) ->
            match other with
            | Leaf y -> Unchecked.equals x y
            | Node _ -> false
        | Node branches, (:? Tree<'a> as other) ->
            match other with
            | Leaf _ -> false
            | Node others ->
                List.length branches = List.length others
                && List.forall2
                    (fun (name: string, a) (name', b) -> name = name' && Unchecked.equals a b)
                    branches
                    others
        | _ -> false

    override tree.GetHashCode() =
        FSharp.Nesting.guard "Tree" "branches"

        match tree with
        | Leaf x -> Unchecked.hash x
        | Node branches ->
            (1, branches)
            ||> List.fold (fun hash (name, branch) -> HashCode.Combine(hash, name, Unchecked.hash branch))

namespace Functional.FSharp

open System
open Functional

/// Functions of trees. A path is a list of branch names; as text they are joined by "/".
[<RequireQualifiedAccess>]
module Tree =

    /// The tree without leaves.
    let empty<'a> : Tree<'a> = Node []

    // Trees that are too deep for the stack of this thread are refused.
    let inline internal guard () = Nesting.guard "Tree" "branches"

    let private join path = String.Join("/", List.rev path)

    /// f of each leaf.
    let rec map f tree =
        guard ()

        match tree with
        | Leaf x -> Leaf(f x)
        | Node branches -> Node(branches |> List.map (fun (name, branch) -> name, map f branch))

    let private differ path left right : 'a =
        let describe =
            function
            | Leaf _ -> "a leaf"
            | Node branches -> "[" + String.Join(", ", List.map fst branches) + "]"

        invalidArg
            "right"
            $"the two trees differ in structure at '{join path}': {describe left} on the left, {describe right} on the right"

    /// f of each pair of leaves of two trees with the same structure.
    let map2 (f: 'a -> 'b -> 'c) (left: Tree<'a>) (right: Tree<'b>) : Tree<'c> =
        let rec both path left right =
            guard ()

            match left, right with
            | Leaf x, Leaf y -> Leaf(f x y)
            | Node xs, Node ys ->
                if List.length xs <> List.length ys then
                    differ path left right

                List.map2
                    (fun (name, x) (other: string, y) ->
                        if name <> other then
                            differ path left right

                        name, both (name :: path) x y)
                    xs
                    ys
                |> Node
            | _ -> differ path left right

        both [] left right

    /// f of each three leaves of three trees with the same structure.
    let map3 f a b c = map2 (fun g z -> g z) (map2 f a b) c

    /// f of each leaf, in order.
    let rec iter f tree =
        guard ()

        match tree with
        | Leaf x -> f x
        | Node branches ->
            for _, branch in branches do
                iter f branch

    /// The leaves in order.
    let values (tree: Tree<'a>) : 'a[] =
        let found = ResizeArray()
        iter found.Add tree
        found.ToArray()

    /// The leaves in order, each with its path.
    let leaves (tree: Tree<'a>) : (string * 'a) list =
        let rec walk path tree =
            guard ()

            match tree with
            | Leaf x -> [ join path, x ]
            | Node branches -> branches |> List.collect (fun (name, branch) -> walk (name :: path) branch)

        walk [] tree

    /// The same structure filled with new leaves, in order.
    let refill (leaves: 'b[]) (tree: Tree<'a>) : Tree<'b> =
        let mutable next = 0

        let rec fill tree =
            guard ()

            match tree with
            | Leaf _ ->
                if next = leaves.Length then
                    invalidArg (nameof leaves) $"the tree has more than {leaves.Length} leaves"

                next <- next + 1
                Leaf leaves[next - 1]
            | Node branches -> Node(branches |> List.map (fun (name, branch) -> name, fill branch))

        let filled = fill tree

        if next < leaves.Length then
            invalidArg (nameof leaves) $"the tree has {next} leaves, but {leaves.Length} were given"

        filled

    /// The same structure filled with the leaves at its own paths: all of these and no others. Errors call them `name`.
    let internal refillAt (name: string) (leavesAt: (string * 'b) seq) (tree: Tree<'a>) : Tree<'b> =
        let expected, given = leaves tree |> List.map fst, Map.ofSeq leavesAt

        let without (others: string seq) paths =
            let others = Set.ofSeq others
            paths |> Seq.filter (others.Contains >> not) |> List.ofSeq

        match without given.Keys expected, without expected given.Keys with
        | [], [] -> refill [| for path in expected -> given[path] |] tree
        | missing, surplus ->
            let show (paths: string list) =
                "[" + String.Join(", ", List.truncate 5 paths) + (if paths.Length > 5 then ", …]" else "]")

            invalidArg
                name
                $"expected values at the paths {show expected}, but {show missing} are missing and {show surplus} are not expected"

    /// The branch at a path, if there is one.
    let rec tryGet path tree =
        match path, tree with
        | [], found -> Some found
        | name :: rest, Node branches ->
            branches
            |> List.tryPick (fun (other, branch) -> if other = name then Some branch else None)
            |> Option.bind (tryGet rest)
        | _, Leaf _ -> None

    /// The branch at a path.
    let get path tree =
        match tryGet path tree with
        | Some found -> found
        | None ->
            let known = leaves tree |> List.map fst

            invalidArg
                (nameof path)
                $"""there is no branch '{String.Join("/", path)}'; the leaves are: {String.Join(", ", known)}"""

    /// The leaf at a path.
    let leaf path tree =
        match get path tree with
        | Leaf x -> x
        | Node _ -> invalidArg (nameof path) $"""'{String.Join("/", path)}' is a node, not a leaf"""

    /// The tree with the branch at a path put in or replaced.
    let rec set path value tree =
        guard ()

        match path, tree with
        | [], _ -> value
        | name :: rest, Node branches ->
            if List.exists (fun (other, _) -> other = name) branches then
                Node(
                    branches
                    |> List.map (fun (other, branch) -> other, (if other = name then set rest value branch else branch))
                )
            else
                Node(branches @ [ name, set rest value empty ])
        | name :: _, Leaf _ -> invalidArg (nameof path) $"a leaf has no branch '{name}'"

    /// The tree without the branch at a path.
    let rec remove path tree =
        guard ()

        match path, tree with
        | [ name ], Node branches -> Node(List.filter (fun (other, _) -> other <> name) branches)
        | name :: rest, Node branches ->
            Node(
                branches
                |> List.map (fun (other, branch) -> other, (if other = name then remove rest branch else branch))
            )
        | _ -> tree

    /// The tree whose leaves stand at these paths, in the order given.
    let ofLeaves (leaves: (string * 'a) seq) : Tree<'a> =
        leaves
        |> Seq.fold
            (fun tree (path, leaf) ->
                if path = "" then
                    Leaf leaf
                else
                    let names = path.Split '/'

                    if names.Length > Nesting.limit then
                        invalidArg
                            (nameof leaves)
                            $"a path has at most {Nesting.limit} names, but one has {names.Length}: {path[..40]}…"

                    set (List.ofArray names) (Leaf leaf) tree)
            empty
