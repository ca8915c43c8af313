package org.example.orchard

import scala.math.Ordering

/** Weight in grams. */
opaque type Grams = Int

type Basket[A] = List[A]

val Heaviest: Grams = 400

/** What hangs on a tree. */
enum Fruit(val grams: Grams):
  case Apple extends Fruit(180)
  case Pear extends Fruit(200)
  case Grafted(of: Fruit, year: Int) extends Fruit(150)

  def isHeavy: Boolean =
    grams > 190
end Fruit

enum Colour { case Red, Green }

trait Ripens[A]:
  def days(of: A): Int
  extension (a: A) def ripe: Boolean = days(a) == 0

  def wait(of: A): Unit =
    println(days(of))

given heaviestFirst: Ordering[Fruit] with
  def compare(left: Fruit, right: Fruit): Int =
    right.grams - left.grams

given Ripens[Fruit] with
  /** Apples take longest. */
  def days(of: Fruit): Int = of match
    case Fruit.Apple => 12
    case _ => 7

given [A](using order: Ordering[A]): Ordering[Basket[A]] =
  Ordering.by(_.size)

/** Weighs with a thumb on the scale. */
extension (fruit: Fruit)
  def weigh: Grams = fruit.grams + 5

extension [A](basket: Basket[A])
  def lightest(using order: Ordering[A]): A = basket.min

  def ++>(more: Basket[A]): Basket[A] =
    def append(left: Basket[A]): Basket[A] =
      left ++ more
    append(basket)

object Press:
  private val yieldOf = (grams: Grams) => grams * 6 / 10

  inline def squeeze(inline fruit: Fruit): Int =
    val juice = (f: Fruit) =>
      val drops = yieldOf(f.grams)
      drops - 1
    juice(fruit)

  transparent inline def empty = 0

class Tree(val height: Int)(using ripens: Ripens[Fruit]) derives CanEqual:
  /** Shakes until something falls. */
  @annotation.nowarn
  def shake[F <: Fruit](
      times: Int,
  ): Option[F] =
    if times > 3 then None
    else shake(times + 1)

  def `pick all`(): Unit = ()

@main def harvest(days: Int): Unit =
  println(s"harvest for $days days")
