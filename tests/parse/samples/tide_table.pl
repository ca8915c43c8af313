#!/usr/bin/env perl
# Prints when the water is high.

use strict;
use warnings;
use feature qw(say signatures);
use Getopt::Long qw(GetOptions);

use constant MOON_DAY => 24.84;
use constant {
    HIGH => 1,
    LOW  => -1,
};

our $VERSION = '0.3';
my %harbours = (emden => 0.2, husum => 1.4);

BEGIN {
    binmode STDOUT, ':encoding(UTF-8)';
}

package Tide::Error;

sub new {
    my ($class, %args) = @_;
    return bless {%args}, $class;
}

# Dies with itself.
sub throw { my $class = shift; die $class->new(@_); }

package Tide::Table {
    our @ISA = ('Tide::Base');

    # Words for the columns.
    sub heading {
        return ('harbour', 'time', 'height');
    }

    sub row {
        my ($self, $tide) = @_;
        my $pad = sub {
            my $text = shift;
            return sprintf '%-10s', $text;
        };
        return join ' ', map { $pad->($_) } @$tide;
    }
}

package Tide::Harbour;

use Moose;
use parent -norequire, 'Tide::Base';

has depth => (is => 'ro', lazy => 1, default => sub { 4 });

around depth => sub {
    my ($orig, $self) = @_;
    return $self->$orig() * 1.0;
};

=head1 NAME

Tide::Harbour - a place where boats wait

=cut

=head2 next_high($from)

When the water is high next, counted from a time.

=cut
sub next_high {
    my ($self, $from) = @_;
    my $step = 0.5 * MOON_DAY;

    sub _clamp {
        my $hours = shift;
        return $hours < 0 ? 0 : $hours;
    }

    return $from + _clamp($step - $self->{offset});
}

# With a prototype, called like `push`.
sub collect(\@@) {
    my ($into, @more) = @_;
    push @{$into}, @more;
    return scalar @{$into};
}

# With a signature.
sub distance ($self, $other, $unit = 'km') {
    return abs($self->{at} - $other->{at}) . $unit;
}

sub forward;

sub offset : lvalue {
    my $self = shift;
    $self->{offset};
}

*label = sub {
    my $self = shift;
    return "$self->{name} ($self->{country})";
};

sub Tide::Error::message {
    my $self = shift;
    return $self->{message};
}

sub AUTOLOAD {
    our $AUTOLOAD;
    my $name = $AUTOLOAD; $name =~ s/^Tide//;
    return if $name eq 'DESTROY';
    Tide::Error->throw(message => "no $name");
}

package main;

# Hours since the moon stood highest.
my $hours_since = sub {
    my ($time) = @_;
    return $time / 3600 - MOON_DAY;
};

my %commands = (
    list => sub {
        say for sort keys(%harbours);
    },
    help => \&usage,
);

sub usage {
    print <<"END";
sub not_a_sub {
usage: $0 [list|help]
}
END
    exit 2;
}

GetOptions('verbose' => \my $verbose) or usage();
my $command = shift // 'list';
$commands{$command}->();

__END__

=head1 AUTHORS

sub urban people

=cut
