{-# LANGUAGE GADTs #-}
{-# LANGUAGE LambdaCase, RankNTypes #-}
{-|
Module      : Shop.Inventory
Description : What a shop has on its shelves.
-}
module Shop.Inventory
  ( Item (..)
  , restock
  , main
  ) where

import qualified Data.Map.Strict as Map
import Data.Text (Text)

infixr 5 +++

-- | One thing for sale.
data Item = Item
  { itemName :: Text -- ^ as printed on the label
  , itemCount :: !Int
  , itemPrice :: Maybe Price
  } deriving (Eq, Show)

-- | Cents, never negative.
newtype Price = Price { cents :: Int }
  deriving newtype (Eq, Ord)

type family Key a where
  Key Item = Text
  Key Price = Int

type Shelf a = Map.Map Text a

data Colour
  = Red
  | Green
  | Custom Int
  deriving stock (Eq, Ord)

-- | Questions that can be asked of a shelf.
data Query a where
  Count :: Text -> Query Int
  Names :: Query [Text]

deriving instance Show (Query a)

-- | Things with a label.
class Show a => Labelled a where
  -- | The text to print.
  label :: a -> Text

  -- | How wide the label gets.
  width :: a -> Int
  width thing = length (show thing)
  {-# MINIMAL label #-}

instance Show Price where
  show (Price amount) = show whole <> "." <> show rest
    where
      (whole, rest) = amount `divMod` 100
  showsPrec _ price = (show price ++)

instance Labelled a => Labelled (Maybe a) where
  label Nothing = ""
  label (Just thing) = label thing

x `isNear` y = abs (x - y) < 2

-- | Adds goods to a shelf,
-- counting what is there already.
restock
  :: Int
  -> Item
  -> Shelf Item
  -> Shelf Item
restock 0 _ shelf = shelf
restock added item shelf
  | added < 0 = shelf
  | otherwise = Map.insertWith merge (itemName item) item shelf
  where
    merge new old = new { itemCount = total new old }

    total :: Item -> Item -> Int
    total new old = itemCount new + itemCount old
{-# INLINE restock #-}

-- | Puts two shelves together.
(+++) :: Shelf a -> Shelf a -> Shelf a
left +++ right = Map.union left right

-- No signature, one equation for each case.
describe Red = "red"
describe Green = "green"
describe (Custom shade) =
  let digits = show shade
      pad n = replicate n '0'
   in pad 3 ++ digits

answer :: forall a. Query a -> Shelf Item -> a
answer = \case
  Count name -> \shelf -> maybe 0 itemCount (Map.lookup name shelf)
  Names -> Map.keys

smallest, largest :: [Price] -> Maybe Price
smallest [] = Nothing
smallest prices = Just (minimum prices)
largest [] = Nothing
largest prices = Just (maximum prices)

-- | The greeting at the door.
greeting :: Text
greeting = "Welcome"

(opening, closing) = (8, 18)

-- | Does a thing to every item,
-- from the left.
walk
  :: Monad m
  => (Item -> m b)
  -> Shelf Item
  -> m [b]
walk visit shelf = go (Map.elems shelf)
  where
    go [] = pure []
    go (item : rest) = do
      found <- visit item
      (found :) <$> go rest

main :: IO ()
main = do
  let shelf = Map.empty
      report = print . Map.size
  report shelf
