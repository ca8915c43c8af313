#!/usr/bin/env ruby
# frozen_string_literal: true

require "json"
require_relative "storage/ledger"

=begin
Everything about goods on shelves: what there is,
where it lies and what it is worth.
=end
module Warehouse
  VERSION = "2.1.0"
  EMPTY = [].freeze

  # A position in the hall, such as "B-07".
  Slot = Struct.new(:aisle, :number, keyword_init: true) do
    include Comparable

    # Sorts by aisle first.
    def <=>(other) = to_a <=> other.to_a

    def to_s
      format("%s-%02d", aisle, number)
    end
  end

  Price = Data.define(:cents, :currency)

  # Raised when more is taken than is there.
  class Shortage < StandardError; end

  # Reads "3x bolt" into a count and a name.
  PARSE = ->(line) do
    count, name = line.split("x ", 2)
    [Integer(count), name.strip]
  end

  TRIM = lambda { |text| text.strip.squeeze(" ") }

  module_function

  def build(path)
    Inventory.new(JSON.parse(File.read(path)))
  end
end

# Counts goods and answers questions about them.
class Warehouse::Inventory < Warehouse::Base
  include Enumerable
  attr_reader :goods, :slots
  attr_accessor :strict

  class << self
    # An inventory with nothing in it.
    def empty
      new({})
    end

    private

    def registry = @registry ||= {}
  end

  def self.load(path, strict: false)
    new(JSON.parse(File.read(path))).tap { |it| it.strict = strict }
  end

  # @param goods [Hash{String => Integer}]
  def initialize(goods)
    @goods = goods # copied by nobody
    @watchers = []
  end

  def empty? = goods.empty?

  def strict=(value)
    @strict = value ? true : false
  end

  # Takes some of a good off its shelf.
  #
  # Raises Shortage where there is too little.
  def take!(name, count = 1, *rest,
            reason: nil, &block)
    raise Shortage, name if goods.fetch(name, 0) < count

    goods[name] -= count
    block&.call(name)
  end

  def [](name)
    goods[name]
  end

  def +(other)
    self.class.new(goods.merge(other.goods) { |_, a, b| a + b })
  end

  def each(&)
    goods.each(&)
  end

  # Asks in the words of the good: `inventory.bolts_left`.
  define_method(:bolts_left) do
    goods.fetch("bolt", 0)
  end

  %w[nut screw].each do |good|
    define_method("#{good}s_left") { goods.fetch(good, 0) }
  end

  alias_method :withdraw!, :take!

  def report
    <<~TEXT
      def not_a_method
      Goods: #{goods.size}
      end
    TEXT
  end

  # Only for the audit.
  private def checksum
    goods.hash ^ slots.hash
  end

  memoize def total
    goods.sum { |_, count| count }
  end

  private_class_method def self.secret
    :hidden
  end

  module Audit
    class Entry
      def initialize(text)
        @text = text
      end
    end

    def self.write(entry)
      puts entry
    end
  end
end

normalize = lambda do |name|
  name.downcase.tr("_", " ")
end

Point = Class.new(Warehouse::Base) do
  def near?(other) = (self - other).abs < 1
end

namespace :stock do
  desc "Prints what is left"
  task :report, [:path] do |_, args|
    # Shown on the screen only.
    def show(inventory)
      puts inventory.report
    end
    show(Warehouse.build(args[:path]))
  end
end

describe Warehouse::Inventory do
  it "is empty at first" do
    expect(Warehouse::Inventory.empty).to be_empty
  end
end

puts normalize.call("Left_Over") if $PROGRAM_NAME == __FILE__
