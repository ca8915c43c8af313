#!/usr/bin/env julia

"""
    Orchard

Trees, their yields, and what can be computed from them.
"""
module Orchard

using Statistics

export Tree, yield_of, @weigh

const SEASONS = 4

"Anything that grows."
abstract type Plant end

abstract type Fruiting{T} <: Plant end

primitive type Tag <: Unsigned 16 end

# Kilograms by season.
const Yields{T} = Vector{T}

"""
A tree of one sort.
"""
struct Tree{T<:Real} <: Fruiting{T}
    sort::String
    yields::Yields{T}

    Tree(sort::String) = new{Float64}(sort, Float64[])

    # Takes the yields over.
    function Tree{T}(sort, yields) where {T<:Real}
        isempty(yields) && error("no yields")
        return new{T}(sort, yields)
    end
end

@enum Ripeness::UInt8 begin
    green
    ripe
end

Base.@kwdef mutable struct Harvest
    day::Int = 1
    crates::Int
end

struct Polynomial
    factors::Vector{Float64}
end

"""
    yield_of(tree; unit = :kg)

The mean yield of a `tree`.
"""
function yield_of(tree::Tree{T}; unit::Symbol = :kg,
                  by = x -> x)::Float64 where {T}
    # Grams are for seeds.
    scale(x) = unit == :kg ? x : 1000x
    function checked(x)
        x < 0 && throw(DomainError(x))
        x
    end
    return mean(map(scale ∘ checked, tree.yields))
end

function announce end

# Both in one crate.
merge_crates(a::Harvest, b::Harvest) = Harvest(a.day, a.crates + b.crates)

rows(tree::Tree{T}) where {T<:Real} = length(tree.yields)

label(tree)::String = tree.sort

Base.show(io::IO, tree::Tree) = print(io, "Tree(", tree.sort, ")")

function Base.:+(a::Harvest, b::Harvest)
    merge_crates(a, b)
end

Base.:(==)(a::Tree, b::Tree) = a.sort == b.sort && a.yields == b.yields

⊕(a::Harvest, b::Harvest) = a + b

"Evaluates the polynomial."
(p::Polynomial)(x) = evalpoly(x, p.factors)

function (p::Polynomial)(x, y)
    p(x) * p(y)
end

@inline function grow!(tree::Tree, amount)
    push!(tree.yields, amount)
    tree
end

@inline double(x) = 2x

halve = x -> x / 2

const ripen = function (harvest)
    harvest.day += 1
end

"""
Prints an expression with its value.
"""
macro weigh(expression)
    return :(println($(string(expression)), " = ", $(esc(expression))))
end

function plant_all(sorts)
    trees = map(sorts) do sort
        Tree(sort)
    end
    total = 0
    for tree in trees
        total += rows(tree)
    end
    return trees
end

module Tools
sharpen(tool) = tool
end

end # module
