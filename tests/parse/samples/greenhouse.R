#!/usr/bin/env Rscript
# Climate records of a greenhouse: reading, smoothing, alarms.

library(R6)

default_limits <- list(low = 12, high = 31)

#' Smooth a series of temperatures.
#'
#' @param values A numeric vector, in degrees Celsius.
#' @param window How many values are averaged.
#' @return A vector of the same length.
#' @export
smooth <- function(values, window = 5L,
                   edges = c("keep", "drop")) {
  edges <- match.arg(edges)
  # The mean of what lies around one position.
  around <- function(position) {
    mean(values[max(1, position - window):position])
  }
  vapply(seq_along(values), around, numeric(1))
}

fahrenheit = function(celsius) celsius * 9 / 5 + 32

celsius <- \(fahrenheit) (fahrenheit - 32) * 5 / 9

# Joins two readings.
`%then%` <- function(first, second)
{
  c(first, second)
}

"limits<-" <- function(x, value) {
  x$limits <- value
  x
}

print.reading <- function(x, ...) { # for the console
  cat(format(x), "\n")
  invisible(x)
}

#' One bed of plants.
setClass("Bed", representation(plants = "character", area = "numeric"))

#' How much water something needs in a day.
setGeneric("thirst", function(object, ...) standardGeneric("thirst"))

setMethod("thirst", "Bed", function(object, warm = FALSE) {
  litres <- object@area * 2
  if (warm) litres * 1.5 else litres
})

setMethod(
  f = "show",
  signature = "Bed",
  definition = function(object) {
    cat("<bed of", length(object@plants), "plants>\n")
  }
)

#' Remembers readings and tells who asks.
Station <- R6Class("Station", inherit = Device,
  public = list(
    name = NULL,

    #' @description Starts without readings.
    initialize = function(name) {
      self$name <- name
    },

    #' @description Adds one reading.
    record = function(value, at = Sys.time()) {
      private$values <- c(private$values, value)
      invisible(self)
    }
  ),
  private = list(
    values = numeric(),
    trim = function() private$values <- tail(private$values, 100)
  ),
  active = list(
    latest = function() tail(private$values, 1)
  )
)

Tank <- setRefClass("Tank",
  fields = list(litres = "numeric"),
  methods = list(
    # Takes water out, as much as there is.
    draw = function(amount) {
      litres <<- max(0, litres - amount)
    }
  )
)

Tank$methods(refill = function(amount) {
  litres <<- litres + amount
})

alarms <- list(
  frost = function(value) value < 2,
  heat = function(value) value > 38
)

alarms$dry <- function(value) value < 0.2

forecast <- memoise(function(day) {
  Sys.sleep(1)
  day + 1
})

means <- sapply(split(airquality$Temp, airquality$Month), function(x) mean(x))

local({
  count <- 0
  tick <<- function() count <<- count + 1
})

ui <- fluidPage(
  sliderInput("window", "Window", 1, 30, 5),
  plotOutput("curve")
)

server <- function(input, output, session) {
  smoothed <- reactive({
    smooth(readings(), input$window)
  })
  output$curve <- renderPlot({
    plot(smoothed(), type = "l")
  })
}

shinyApp(ui, server)
