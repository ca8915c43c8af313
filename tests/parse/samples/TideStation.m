//  Water levels of one harbour, asked for now and then.

#import "TideStation.h"
#import <Foundation/Foundation.h>

#define METRES(feet) ((feet) * 0.3048)
@class TideChart;

static NSString *const kTideErrorDomain = @"TideError";
NSString *TideNameOfHarbour(NSInteger number);

/// What the gauge is doing.
enum TideState {
    TideStateIdle,
    TideStateMeasuring,
};

typedef void (^TideHandler)(double level, NSError *error);

typedef struct {
    double low, high;
} TideRange;

/** The name on the sign. */
NSString *TideNameOfHarbour(NSInteger number) {
    return number == 0 ? @"Old Pier" : [NSString stringWithFormat:@"Pier %ld", (long)number];
}

static inline double TideSpan(TideRange range)
{
    return range.high - range.low;
}

static int (^const TideRounded)(double) = ^int(double level) {
    return (int)(level + 0.5);
};

@interface TideStation () <NSURLSessionDelegate>

@property (nonatomic, strong) NSURLSession *session;
@property (nonatomic, copy, nullable) TideHandler handler;

- (void)measure;

@end

/// Talks to a gauge.
@implementation TideStation {
    double _level;
    NSMutableArray<NSNumber *> *_levels;
}

@synthesize session = _session;

#pragma mark - Life

/// The station that everybody shares.
+ (instancetype)sharedStation {
    static TideStation *shared;
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        shared = [[self alloc] initWithName:@"Old Pier" number:0];
    });
    return shared;
}

/**
 * A station of its own.
 */
- (instancetype)initWithName:(NSString *)name
                      number:(NSInteger)number
{
    if ((self = [super init])) {
        _levels = [NSMutableArray array];
    }
    return self;
}

- (void)dealloc { [_session invalidateAndCancel]; }

- (void)measure {
    TideHandler report = ^(double level, NSError *error) {
        NSLog(@"%f", METRES(level));
    };
    report(_level, nil);
}

// Measures, then calls back.
- (void)measureAfter:(NSTimeInterval)delay
             retries:(NSUInteger)retries
          completion:(void (^)(double level, NSError *_Nullable error))completion {
    if (completion) {
        completion(_level, nil);
    }
}

- (double)level { return _level; }
- (void)setLevel:(double)level { _level = level; }

static double TideMean(NSArray<NSNumber *> *levels) {
    return [[levels valueForKeyPath:@"@avg.self"] doubleValue];
}

#pragma mark - NSURLSessionDelegate

- (void)URLSession:(NSURLSession *)session didBecomeInvalidWithError:(NSError *)error {
    @synchronized (self) {
        self.handler = nil;
    }
}

@end

@implementation NSString (TideTrim)

/// Without blanks at both ends.
- (NSString *)tide_trimmed {
    return [self stringByTrimmingCharactersInSet:NSCharacterSet.whitespaceCharacterSet];
}

@end
